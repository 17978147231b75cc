"""/v1/lessons: what a user has taught."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from typing_extensions import TypedDict

from services.common.datasets import DatasetKind, Example, LearnedFact, Probe, SelectionReport, Source
from services.common.identifiers import JOB_ID_PATTERN, check_job_id
from services.gateway.api.callers import QueryCaller
from services.gateway.api.jobs import JobBody, job_body
from services.gateway.api.parts import Parts
from services.gateway.lessons import Lesson

router = APIRouter(prefix="/v1/lessons", tags=["lessons"])

LessonId = Annotated[
    str,
    Path(description="Id of a lesson, which is that of its learn job.", json_schema_extra={"pattern": JOB_ID_PATTERN}),
]


class LessonBody(TypedDict):
    """A lesson; `language` is an ISO 639-1 code, `versions` know the lesson, newest first."""

    id: str
    object: Literal["lesson"]
    statement: str
    kind: DatasetKind
    language: str
    sources: list[Source]
    active: bool
    versions: list[str]


class WholeLessonBody(LessonBody):
    """A lesson with what was learned of its sources, trained on and is checked by, and what became of the rest."""

    learned: list[LearnedFact]
    examples: list[Example]
    probes: list[Probe]
    selection: SelectionReport


class LessonListBody(TypedDict):
    """Lessons, newest first."""

    object: Literal["list"]
    data: list[LessonBody]


class ErasedBody(TypedDict):
    """What was deleted: versions by name, how many stored files, and turns of conversations or sections of works."""

    versions: list[str]
    objects: int
    messages: int


class ErasureBody(TypedDict):
    """What became of a forgotten lesson, and what still holds it; the time is in seconds since the epoch."""

    object: Literal["lesson.erasure"]
    lesson: str
    erased_at: float
    deleted: ErasedBody
    remains: list[str]


@router.get("", summary="List lessons")
async def list_lessons(parts: Parts, who: QueryCaller) -> LessonListBody:
    """What the user's versions know, newest first."""
    lessons = await parts.lessons.taught(who.tenant, who.user)
    return {"object": "list", "data": [_lesson_body(lesson) for lesson in lessons]}


@router.get("/{lesson_id}", summary="Show a lesson")
async def show_lesson(lesson_id: LessonId, parts: Parts, who: QueryCaller) -> WholeLessonBody:
    """One lesson with everything that was trained on and everything that it is checked by."""
    lesson = await parts.lessons.get(who.tenant, who.user, check_job_id(lesson_id))
    dataset = lesson.dataset
    return {
        **_lesson_body(lesson),
        "learned": dataset.learned,
        "examples": dataset.examples,
        "probes": dataset.probes,
        "selection": dataset.selection,
    }


@router.delete("/{lesson_id}", summary="Forget a lesson", status_code=202)
async def forget_lesson(lesson_id: LessonId, parts: Parts, who: QueryCaller) -> JobBody:
    """Retrain the model in force without the lesson, then delete the lesson's data and every version that knows it.

    Returns the job that does so; watch it at /v1/learn/{id}/events.
    """
    return job_body(await parts.desk.forget(who.tenant, who.user, check_job_id(lesson_id)))


@router.get("/{lesson_id}/erasure", summary="Show what became of a forgotten lesson")
async def show_erasure(lesson_id: LessonId, parts: Parts, who: QueryCaller) -> ErasureBody:
    """What was deleted and when, and what versions, stored files and job records hold of the lesson now."""
    lesson = check_job_id(lesson_id)
    erasure = await parts.records.erasure(who.tenant, who.user, lesson)
    return {
        "object": "lesson.erasure",
        "lesson": lesson,
        "erased_at": erasure.erased_at,
        "deleted": {"versions": list(erasure.versions), "objects": erasure.objects, "messages": erasure.messages},
        "remains": await parts.records.remains(who.tenant, who.user, lesson),
    }


def _lesson_body(lesson: Lesson) -> LessonBody:
    dataset = lesson.dataset
    return {
        "id": dataset.lesson,
        "object": "lesson",
        "statement": dataset.statement,
        "kind": dataset.kind,
        "language": dataset.language,
        "sources": dataset.sources,
        "active": lesson.active,
        "versions": list(lesson.versions),
    }
