"""Tells in the form of a chat completion, streamed or whole, how a lesson goes, or what there is to say instead."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from fastapi.responses import JSONResponse, Response

from services.gateway.api.callers import Caller
from services.gateway.api.chat_reply import ReplyChoice, ReplyShape, error_event
from services.gateway.api.chat_request import ChatRequest
from services.gateway.api.errors import as_public_error, error_body
from services.gateway.api.parts import GatewayParts
from services.gateway.api.streams import EventStream
from services.gateway.conversations import Message, StoredTurn
from services.gateway.learning.desk import DocumentMissing, LessonRequest
from services.gateway.learning.jobs import JobKind, JobState, LearnEvent, LearnJob, event_of
from services.gateway.learning.wording import PAUSED, RESTARTING, STILL_LEARNING, ProgressLines
from services.gateway.serving import GenerationEnd

_END = GenerationEnd(("stop",), prompt_tokens=0, completion_tokens=0, version=None)


@dataclass(frozen=True)
class _Moment:
    """New text for the reader, what of it stays in the conversation, and how things stand for clients that look.

    It may be about the lesson `job_id`, which `goes_on` then or has ended.
    """

    text: str
    kept: str
    lorelei: dict[str, Any]
    job_id: str = ""
    goes_on: bool = False


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
        except DocumentMissing as error:
            learn = {"job_id": None, "kind": JobKind.DOCUMENT, "state": JobState.REJECTED, "progress": 0}
            return await self.say(error.message, {"learn": learn}, new_messages)
        return await self.follow(job, new_messages)

    async def follow(
        self, job: LearnJob, new_messages: list[Message], beside: dict[str, Any] | None = None, remark: str = ""
    ) -> Response:
        """Answer with the course of `job`, and after its end with a `remark`; clients see `beside` with it."""
        return await self._answer(self._moments(job, beside or {}, remark), new_messages)

    async def say(self, text: str, lorelei: dict[str, Any], new_messages: list[Message]) -> Response:
        """Answer with `text` alone."""
        return await self._answer(_only(_Moment(text, text, lorelei)), new_messages)

    async def _answer(self, moments: AsyncIterator[_Moment], new_messages: list[Message]) -> Response:
        moments = self._remembering(moments, new_messages)
        if self.request.stream:
            return EventStream(self._stream(moments))
        return JSONResponse(await self._whole(moments))

    async def _moments(self, job: LearnJob, beside: dict[str, Any], remark: str) -> AsyncIterator[_Moment]:
        """The lesson to its end, to the limit of waiting, or until it is held back or this process drains."""
        deadline = time.monotonic() + self.parts.limits.learn_wait_seconds
        lines = ProgressLines()
        latest = event_of(job)
        async with aclosing(self.parts.events.follow(job.id)) as happenings:
            async for happening in happenings:
                if happening is not None:
                    _, latest = happening
                    if latest.is_held_back:
                        yield _moment(PAUSED, latest, beside)
                        return
                    text = lines.text_for(latest) + (f" {remark}" if remark and latest.is_last else "")
                    yield _moment(text, latest, beside)
                    if latest.is_last:
                        return
                if self.parts.draining.is_set():
                    yield _moment(RESTARTING, latest, beside)
                    return
                if time.monotonic() > deadline:
                    yield _moment(STILL_LEARNING, latest, beside)
                    return

    async def _remembering(
        self, moments: AsyncIterator[_Moment], new_messages: list[Message]
    ) -> AsyncIterator[_Moment]:
        last: _Moment | None = None
        async for last in moments:
            yield last
        if last is not None and self.request.conversation_id is not None:
            # How a lesson ends that goes on is written down when somebody looks afterwards.
            kept = StoredTurn("assistant", "" if last.goes_on else last.kept, job_id=last.job_id)
            turns = [*new_messages, kept]
            await self.parts.conversations.append(self.who.tenant, self.who.user, self.request.conversation_id, turns)

    async def _stream(self, moments: AsyncIterator[_Moment]) -> AsyncIterator[bytes]:
        lorelei: dict[str, Any] = {}
        try:
            async for moment in moments:
                opening = b"" if lorelei else self.shape.opening(moment.lorelei)
                lorelei = moment.lorelei
                yield opening + self.shape.text(moment.text, lorelei)
            yield self.shape.closing(_END, lorelei, self.request.wants_usage)
        except Exception as error:
            yield error_event(error_body(as_public_error(error, "learn_stream_broke")))

    async def _whole(self, moments: AsyncIterator[_Moment]) -> dict[str, Any]:
        text, lorelei = "", {}
        async for moment in moments:
            text, lorelei = moment.kept, moment.lorelei
        return self.shape.completion([ReplyChoice(text)], _END, lorelei)


def _moment(text: str, event: LearnEvent, beside: dict[str, Any]) -> _Moment:
    """Of a lesson only the closing sentence stays in the conversation, not the lines of progress before it."""
    lorelei = {**beside, "learn": _learn(event)}
    return _Moment(text, text.rpartition("\n")[2], lorelei, event.job_id, goes_on=not event.is_last)


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


async def _only(moment: _Moment) -> AsyncIterator[_Moment]:
    yield moment
