"""POST /v1/chat/completions: ordinary replies; what is no chat is answered by turns.py."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from services.common.errors import InternalError, InvalidArgument
from services.gateway.api.callers import Caller, Tenant, caller
from services.gateway.api.chat_bodies import CompletionBody
from services.gateway.api.chat_choices import ChoicesSoFar
from services.gateway.api.chat_reply import ReplyShape, error_event, new_completion_id
from services.gateway.api.chat_request import ChatRequest, in_public_names
from services.gateway.api.errors import as_public_error, error_body
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.api.streams import CHUNK_EVENT, EventStream
from services.gateway.api.turns import Turn
from services.gateway.conversations import Message, StoredTurn
from services.gateway.feedback.answers import Answer
from services.gateway.serving import AdapterVersion, GenerationEnd, TextPiece

router = APIRouter(tags=["chat"])

_Events = AsyncGenerator[TextPiece | GenerationEnd, None]


@router.post(
    "/v1/chat/completions",
    summary="Answer a conversation, or learn from it",
    response_model=CompletionBody,
    responses={200: {"content": {EventStream.media_type: {"schema": CHUNK_EVENT}}}},
)
async def create_chat_completion(request: ChatRequest, parts: Parts, tenant: Tenant) -> Response:
    """OpenAI's chat completions. A last user message that begins with `[Learn]` starts a lesson instead.

    One to the model `lorelei` that asks to see, forget, undo or stop what was learned is carried out.
    """
    who = caller(tenant, request.user)
    new_messages = request.checked_messages()
    adapter = await parts.models.adapter_for(who.tenant, who.user, request.model)
    messages = [*await _stored_messages(parts, who, request.conversation_id), *new_messages]
    shape = ReplyShape(new_completion_id(), request.model)
    answered = await Turn(parts, who, request, shape, messages, new_messages).answer()
    if answered is not None:
        return answered
    return await _Chat(parts, who, request, shape, adapter, new_messages).answer(messages)


async def _stored_messages(parts: GatewayParts, who: Caller, conversation_id: str | None) -> list[Message]:
    if conversation_id is None:
        return []
    return await parts.conversations.messages(who.tenant, who.user, conversation_id)


@dataclass
class _Chat:
    """One ordinary reply, or several side by side, on their way to the client."""

    parts: GatewayParts
    who: Caller
    request: ChatRequest
    shape: ReplyShape
    adapter: AdapterVersion | None
    new_messages: list[Message]
    asked: list[Message] = field(default_factory=list, init=False)

    async def answer(self, messages: list[Message]) -> Response:
        """Generate, and answer as a stream or as a whole."""
        if messages[-1].role == "assistant":
            raise InvalidArgument("The last message must not be the assistant's.", field="messages")
        self.asked = messages
        use, sampling = self.request.function_use(), self.request.sampling()
        told = use.told(messages) if use else messages
        pieces = self.parts.inference.generate(new_completion_id(), told, self.adapter, sampling)
        choices = ChoicesSoFar(self.shape, sampling.choices, use, tells_tokens=sampling.top_logprobs is not None)
        started = time.perf_counter()
        # Awaited before anything is sent, so that a refusal still gets its own HTTP status.
        first = await _first(pieces)
        self.parts.metrics.first_tokens.observe(time.perf_counter() - started)
        events = _with_first(first, pieces)
        if self.request.stream:
            return EventStream(self._stream(events, choices))
        return JSONResponse(await self._whole(events, choices))

    async def _whole(self, events: _Events, choices: ChoicesSoFar) -> dict[str, object]:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, GenerationEnd):
                    _, end = choices.finish(event)
                    await self._remember(choices, end)
                    return self.shape.completion(choices.replies(), end, {"adapter_version": end.version})
                choices.take(event)
        raise InternalError

    async def _stream(self, events: _Events, choices: ChoicesSoFar) -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, GenerationEnd):
                        last, end = choices.finish(event)
                        await self._remember(choices, end)
                        lorelei = {"adapter_version": end.version}
                        yield last + self.shape.closing(end, lorelei, self.request.wants_usage)
                        return
                    if chunks := choices.take(event):
                        yield chunks
            raise InternalError
        except Exception as error:
            yield error_event(error_body(as_public_error(error, "chat_stream_broke")))

    async def _remember(self, choices: ChoicesSoFar, end: GenerationEnd) -> None:
        """Keep the first reply: feedback by the completion's id is about it, and a conversation goes on with it."""
        text = choices.replies()[0].text
        answer = Answer(self.shape.completion_id, tuple(self.asked), text, end.version or "", time.time())
        await self.parts.answers.remember(self.who.tenant, self.who.user, answer)
        if self.request.conversation_id is not None:
            turns = [*self.new_messages, StoredTurn("assistant", text, completion_id=self.shape.completion_id)]
            await self.parts.conversations.append(self.who.tenant, self.who.user, self.request.conversation_id, turns)


async def _first(pieces: _Events) -> TextPiece | GenerationEnd | None:
    try:
        return await anext(pieces, None)
    except InvalidArgument as error:
        raise in_public_names(error) from error


async def _with_first(first: TextPiece | GenerationEnd | None, rest: _Events) -> _Events:
    async with aclosing(rest):
        if first is not None:
            yield first
        async for piece in rest:
            yield piece
