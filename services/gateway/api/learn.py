"""/v1/learn: start lessons without a chat, list them, watch them, cancel them."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.common.identifiers import JOB_ID_PATTERN, check_file_id, check_job_id
from services.gateway.api.callers import BodyUser, QueryCaller, Tenant, caller
from services.gateway.api.chat_messages import ChatTurn, plain_messages
from services.gateway.api.chat_request import CONVERSATION_ID_PATTERN
from services.gateway.api.jobs import JobBody, JobEventBody, JobListBody, job_body
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.api.streams import EventStream, event_answers
from services.gateway.api.texts import check_text
from services.gateway.conversations import Message, StoredTurn
from services.gateway.intents import LearnKind, learn_statement
from services.gateway.learning.desk import LessonRequest
from services.gateway.learning.events import FROM_THE_BEGINNING, check_event_id
from services.gateway.learning.jobs import event_to_json

router = APIRouter(prefix="/v1/learn", tags=["learn"])

MAX_LEARN_SECONDS = 86_400
MAX_DOCUMENTS = 100

JobId = Annotated[str, Path(description="Id of a learn job.", json_schema_extra={"pattern": JOB_ID_PATTERN})]


class LearnRequest(BaseModel):
    """A lesson. `messages`, and the conversation stored under `conversation_id`, came before `text`.

    The lesson becomes a part of that conversation: what was asked for, and how it ended.
    """

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", description="What to learn; a leading [Learn] is allowed.")
    messages: list[ChatTurn] = Field(default_factory=list)
    conversation_id: str | None = Field(default=None, pattern=CONVERSATION_ID_PATTERN)
    file_ids: list[str] = Field(
        default_factory=list, max_length=MAX_DOCUMENTS, description="Files to learn from, uploaded at /v1/files."
    )
    urls: list[str] = Field(
        default_factory=list, max_length=MAX_DOCUMENTS, description="Addresses of public pages or documents."
    )
    query: str = Field(default="", description="What to search the web for and learn.")
    kind: LearnKind | None = Field(
        default=None, description="How to learn; understood from `text` where it is left out. Files and links are read."
    )
    user: BodyUser = None
    max_seconds: int | None = Field(
        default=None,
        ge=1,
        le=MAX_LEARN_SECONDS,
        description="No second attempt begins that would end after so many seconds of training and checking.",
    )

    def wanted(self, conversation: list[Message]) -> LessonRequest:
        """What is to be learned, after `conversation`."""
        text = check_text(self.text, "text")
        after_trigger = learn_statement(text)
        return LessonRequest(
            statement=text.strip() if after_trigger is None else after_trigger,
            conversation=tuple(conversation),
            file_ids=tuple(check_file_id(file_id) for file_id in self.file_ids),
            urls=tuple(check_text(url, "urls").strip() for url in self.urls),
            query=check_text(self.query, "query").strip(),
            kind=self.kind,
            max_seconds=self.max_seconds or 0,
        )


@router.post("", summary="Start a lesson", status_code=202)
async def start_lesson(request: LearnRequest, parts: Parts, tenant: Tenant) -> JobBody:
    """Queue a lesson and return its job; watch it at /v1/learn/{id}/events."""
    who = caller(tenant, request.user)
    conversation = plain_messages(request.messages)
    if request.conversation_id is None:
        return job_body(await parts.desk.start(who.tenant, who.user, request.wanted(conversation)))
    stored = await parts.conversations.messages(who.tenant, who.user, request.conversation_id)
    job = await parts.desk.start(who.tenant, who.user, request.wanted([*stored, *conversation]))
    # Kept at once, so that whoever opens the conversation meanwhile finds the lesson in it.
    turns = [StoredTurn("user", request.text or job.statement), StoredTurn("assistant", "", job_id=job.id)]
    await parts.conversations.append(who.tenant, who.user, request.conversation_id, turns)
    return job_body(job)


@router.get("", summary="List lessons")
async def list_lessons(
    parts: Parts, who: QueryCaller, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> JobListBody:
    """The user's lessons, newest first."""
    jobs = await parts.jobs.latest(who.tenant, who.user, limit)
    return {"object": "list", "data": [job_body(job) for job in jobs]}


@router.get("/{job_id}", summary="Show a lesson")
async def show_lesson(job_id: JobId, parts: Parts, who: QueryCaller) -> JobBody:
    """One of the user's lessons."""
    return job_body(await parts.jobs.get(who.tenant, who.user, _checked(job_id)))


@router.post("/{job_id}/cancel", summary="Cancel a lesson")
async def cancel_lesson(job_id: JobId, parts: Parts, who: QueryCaller) -> JobBody:
    """Ask for a lesson's end. One that has ended stays as it is; one that is published a moment later is LIVE."""
    return job_body(await parts.jobs.cancel(who.tenant, who.user, _checked(job_id)))


@router.get(
    "/{job_id}/events",
    summary="Watch a lesson",
    response_class=EventStream,
    responses=event_answers(JobEventBody),
)
async def watch_lesson(
    job_id: JobId,
    parts: Parts,
    who: QueryCaller,
    last_event_id: Annotated[str, Header(description="Resume after this event.")] = FROM_THE_BEGINNING,
) -> EventStream:
    """Server-sent events, from the first (or after `Last-Event-ID`) to the one with the terminal state."""
    after = check_event_id(last_event_id)
    job = await parts.jobs.get(who.tenant, who.user, _checked(job_id))
    return EventStream(_event_stream(parts, job.id, after))


async def _event_stream(parts: GatewayParts, job_id: str, after: str) -> AsyncIterator[str]:
    async with aclosing(parts.events.follow(job_id, after)) as happenings:
        async for happening in happenings:
            if happening is None:
                yield ": nothing new\n\n"
            else:
                event_id, event = happening
                yield f"id: {event_id}\nevent: progress\ndata: {event_to_json(event)}\n\n"
            if parts.draining.is_set():
                # The client comes back by itself and resumes, here or at another replica.
                return


def _checked(job_id: str) -> str:
    try:
        return check_job_id(job_id)
    except InvalidArgument as error:
        raise InvalidArgument(error.message, field="id") from error
