"""Answers a [Learn] message in the form of a chat completion, streamed or whole."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.gateway.api.callers import Caller
from services.gateway.api.chat_reply import ReplyShape, error_event
from services.gateway.api.chat_request import ChatRequest
from services.gateway.api.errors import as_public_error, error_body
from services.gateway.api.parts import GatewayParts
from services.gateway.conversations import Message
from services.gateway.learning.desk import DocumentMissing, LessonRequest
from services.gateway.learning.jobs import JobKind, JobState, LearnEvent, LearnJob, event_of
from services.gateway.learning.wording import RESTARTING, STILL_LEARNING, ProgressLines
from services.gateway.serving import GenerationEnd

_END = GenerationEnd("stop", prompt_tokens=0, completion_tokens=0, version=None)
_SSE_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class _Moment:
    """New text for the reader, and how the lesson stands."""

    text: str
    learn: dict[str, Any]


@dataclass
class LearnChat:
    """One lesson as seen from the chat call that asked for it. The lesson goes on when the client leaves."""

    parts: GatewayParts
    who: Caller
    request: ChatRequest
    shape: ReplyShape

    async def answer(self, wanted: LessonRequest, new_messages: list[Message]) -> Response:
        """Start the lesson that is `wanted` and answer with its course."""
        try:
            job = await self.parts.desk.start(self.who.tenant, self.who.user, wanted)
            moments = self._moments(job)
        except DocumentMissing as error:
            moments = _only(_refusal(error))
        moments = self._remembering(moments, new_messages)
        if self.request.stream:
            return StreamingResponse(self._stream(moments), media_type="text/event-stream", headers=_SSE_HEADERS)
        return JSONResponse(await self._whole(moments))

    async def _moments(self, job: LearnJob) -> AsyncIterator[_Moment]:
        """The lesson from its beginning to its end, to the limit of waiting, or until this process drains."""
        deadline = time.monotonic() + self.parts.limits.learn_wait_seconds
        lines = ProgressLines()
        latest = event_of(job)
        async with aclosing(self.parts.events.follow(job.id)) as happenings:
            async for happening in happenings:
                if happening is not None:
                    _, latest = happening
                    yield _Moment(lines.text_for(latest), _learn(latest))
                    if latest.is_last:
                        return
                if self.parts.draining.is_set():
                    yield _Moment(RESTARTING, _learn(latest))
                    return
                if time.monotonic() > deadline:
                    yield _Moment(STILL_LEARNING, _learn(latest))
                    return

    async def _remembering(
        self, moments: AsyncIterator[_Moment], new_messages: list[Message]
    ) -> AsyncIterator[_Moment]:
        last: _Moment | None = None
        async for last in moments:
            yield last
        if last is not None and self.request.conversation_id is not None:
            turns = [*new_messages, Message("assistant", last.text.rpartition("\n")[2])]
            await self.parts.conversations.append(self.who.tenant, self.who.user, self.request.conversation_id, turns)

    async def _stream(self, moments: AsyncIterator[_Moment]) -> AsyncIterator[bytes]:
        lorelei: dict[str, Any] = {}
        try:
            async for moment in moments:
                opening = b"" if lorelei else self.shape.opening({"learn": moment.learn})
                lorelei = {"learn": moment.learn}
                yield opening + self.shape.text(moment.text, lorelei)
            yield self.shape.closing(_END, lorelei, self.request.wants_usage)
        except Exception as error:
            yield error_event(error_body(as_public_error(error, "learn_stream_broke")))

    async def _whole(self, moments: AsyncIterator[_Moment]) -> dict[str, Any]:
        text, learn = "", {}
        async for moment in moments:
            text, learn = moment.text.rpartition("\n")[2], moment.learn
        return self.shape.completion(text, _END, {"learn": learn})


def _learn(event: LearnEvent) -> dict[str, Any]:
    learn: dict[str, Any] = {
        "job_id": event.job_id,
        "kind": event.kind,
        "state": event.state,
        "progress": event.progress,
    }
    if event.is_last:
        learn |= {"version": event.version or None, "reasons": list(event.reasons), "error": event.error or None}
        learn |= {"sources": [asdict(source) for source in event.sources], "known_lesson": event.known_lesson or None}
    return learn


def _refusal(error: DocumentMissing) -> _Moment:
    learn = {"job_id": None, "kind": JobKind.DOCUMENT, "state": JobState.REJECTED, "progress": 0}
    return _Moment(error.message, learn)


async def _only(moment: _Moment) -> AsyncIterator[_Moment]:
    yield moment
