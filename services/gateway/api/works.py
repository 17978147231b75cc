"""/v1/works: long texts that are written section by section, each learned before the next."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal, NotRequired

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.gateway.api.callers import BodyUser, QueryCaller, Tenant, caller
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.api.streams import EventStream, event_answers
from services.gateway.api.texts import check_text
from services.gateway.learning.events import FROM_THE_BEGINNING, check_event_id
from services.gateway.works.desk import WorkRequest
from services.gateway.works.work import WORK_ID_PATTERN, Work, WorkState, check_work_id, event_to_json

router = APIRouter(prefix="/v1/works", tags=["works"])

WorkId = Annotated[str, Path(description="Id of a work.", json_schema_extra={"pattern": WORK_ID_PATTERN})]


class CreateWork(BaseModel):
    """A long text to be written."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(description="What it is called.")
    brief: str = Field(description="What is to be written, as you would ask for it in the chat.")
    sections: int = Field(default=0, description="How many sections; or give an outline.")
    outline: list[str] = Field(default_factory=list, description="A line for each section: what it tells.")
    section_tokens: int = Field(default=0, description="Most tokens of a section; 0 is the operator's default.")
    learn: bool = Field(default=True, description="Whether the model learns each section before the next.")
    user: BodyUser = None

    def wanted(self) -> WorkRequest:
        """The request; raises InvalidArgument for text that no service could carry."""
        return WorkRequest(
            title=check_text(self.title, "title").strip(),
            brief=check_text(self.brief, "brief").strip(),
            sections=self.sections,
            outline=tuple(check_text(line, "outline").strip() for line in self.outline),
            section_tokens=self.section_tokens,
            learn=self.learn,
        )


class WorkBody(TypedDict):
    """A work without its text; times are in seconds since the epoch, `lesson` is the one that is learned now."""

    id: str
    object: Literal["work"]
    user: str
    title: str
    brief: str
    outline: list[str]
    section_tokens: int
    learn: bool
    state: WorkState
    sections_done: int
    sections_total: int
    lesson: str | None
    cancel_requested: bool
    error: str | None
    created_at: float
    finished_at: float | None


class SectionBody(TypedDict):
    """A section, counted from 1: `seconds` of writing, the lesson that learned it, how that ended and why it failed."""

    number: int
    text: str
    seconds: float
    forgotten: bool
    lesson: str | None
    lesson_state: str | None
    note: str | None


class WholeWorkBody(WorkBody):
    """A work with its text so far, whole and section by section."""

    text: str
    sections: list[SectionBody]


class WorkListBody(TypedDict):
    """Works, newest first."""

    object: Literal["list"]
    data: list[WorkBody]


class WorkDeletedBody(TypedDict):
    """A work's text is gone; `lessons_kept` are the ids of the lessons that learned it."""

    id: str
    object: Literal["work"]
    deleted: Literal[True]
    lessons_kept: list[str]


class WorkEventBody(TypedDict):
    """A moment of a work: sections `done` of a `total`, and how far its present lesson is, in percent.

    `section` is the number, from 1, of a section that was just written, with its `text`; else 0.
    """

    work_id: str
    state: WorkState
    done: int
    total: int
    section: int
    lesson: str
    lesson_state: str
    lesson_progress: int
    text: NotRequired[str]


@router.post("", summary="Let a long text be written", status_code=202)
async def create_work(request: CreateWork, parts: Parts, tenant: Tenant) -> WorkBody:
    """Begin a work. It goes on by itself; read it at /v1/works/{id}, watch it at /v1/works/{id}/events."""
    who = caller(tenant, request.user)
    return _summary(await parts.works.start(who.tenant, who.user, request.wanted()))


@router.get("", summary="List works")
async def list_works(parts: Parts, who: QueryCaller) -> WorkListBody:
    """The user's works, newest first, without their text."""
    works = await parts.work_store.all(who.tenant, who.user)
    return {"object": "list", "data": [_summary(work) for work in works]}


@router.get("/{work_id}", summary="Read a work")
async def show_work(work_id: WorkId, parts: Parts, who: QueryCaller) -> WholeWorkBody:
    """One work with its text so far, and each section with the lesson that learned it."""
    return _whole(await parts.work_store.get(who.tenant, who.user, check_work_id(work_id)))


@router.post("/{work_id}/cancel", summary="Cancel a work")
async def cancel_work(work_id: WorkId, parts: Parts, who: QueryCaller) -> WorkBody:
    """Ask for a work's end. What is written stays, what is learned is kept; one that has ended stays as it is."""
    return _summary(await parts.work_store.cancel(who.tenant, who.user, check_work_id(work_id)))


@router.delete("/{work_id}", summary="Delete a work")
async def delete_work(work_id: WorkId, parts: Parts, who: QueryCaller) -> WorkDeletedBody:
    """Delete a work's text. What was learned of it stays until you forget its lessons at /v1/lessons/{id}."""
    work = await parts.work_store.get(who.tenant, who.user, check_work_id(work_id))
    await parts.work_store.delete(who.tenant, who.user, work.id)
    lessons = [section.lesson for section in work.sections if section.lesson]
    return {"id": work.id, "object": "work", "deleted": True, "lessons_kept": lessons}


@router.get(
    "/{work_id}/events",
    summary="Watch a work",
    response_class=EventStream,
    responses=event_answers(WorkEventBody),
)
async def watch_work(
    work_id: WorkId,
    parts: Parts,
    who: QueryCaller,
    last_event_id: Annotated[str, Header(description="Resume after this event.")] = FROM_THE_BEGINNING,
) -> EventStream:
    """Server-sent events to the one with the terminal state; an event that tells of a new section holds its text."""
    after = check_event_id(last_event_id)
    work = await parts.work_store.get(who.tenant, who.user, check_work_id(work_id))
    return EventStream(_event_stream(parts, work, after))


async def _event_stream(parts: GatewayParts, work: Work, after: str) -> AsyncIterator[str]:
    async with aclosing(parts.work_events.follow(work.id, after)) as happenings:
        async for happening in happenings:
            if happening is None:
                yield ": nothing new\n\n"
            else:
                event_id, event = happening
                if event.section > len(work.sections):
                    work = await parts.work_store.get(work.tenant, work.user, work.id)
                text = work.sections[event.section - 1].text if event.section else ""
                yield f"id: {event_id}\nevent: progress\ndata: {event_to_json(event, text)}\n\n"
            if parts.draining.is_set():
                # The client comes back by itself and resumes, here or at another replica.
                return


def _summary(work: Work) -> WorkBody:
    return {
        "id": work.id,
        "object": "work",
        "user": work.user,
        "title": work.title,
        "brief": work.brief,
        "outline": [line for line in work.outline if line],
        "section_tokens": work.section_tokens,
        "learn": work.learn,
        "state": work.state,
        "sections_done": len(work.sections),
        "sections_total": len(work.outline),
        "lesson": work.current_lesson or None,
        "cancel_requested": work.cancel_requested,
        "error": work.error or None,
        "created_at": work.created_at,
        "finished_at": work.finished_at,
    }


def _whole(work: Work) -> WholeWorkBody:
    sections: list[SectionBody] = [
        {
            "number": number,
            "text": section.text,
            "seconds": section.seconds,
            "forgotten": section.forgotten,
            "lesson": section.lesson or None,
            "lesson_state": section.lesson_state or None,
            "note": section.note or None,
        }
        for number, section in enumerate(work.sections, start=1)
    ]
    return {**_summary(work), "text": work.text, "sections": sections}
