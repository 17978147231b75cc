"""/v1/lessons: what a user has taught."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.common.identifiers import check_job_id
from services.gateway.api.callers import QueryCaller
from services.gateway.api.parts import Parts
from services.gateway.lessons import Lesson

router = APIRouter(prefix="/v1/lessons", tags=["lessons"])

LessonId = Annotated[str, Path(description="Id of a lesson, which is that of its learn job.")]


@router.get("", summary="List lessons")
async def list_lessons(parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """What the user's versions know, newest first."""
    lessons = await parts.lessons.taught(who.tenant, who.user)
    return {"object": "list", "data": [_lesson_body(lesson) for lesson in lessons]}


@router.get("/{lesson_id}", summary="Show a lesson")
async def show_lesson(lesson_id: LessonId, parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """One lesson with everything that was trained on and everything that it is checked by."""
    lesson = await parts.lessons.get(who.tenant, who.user, check_job_id(lesson_id))
    detail = lesson.dataset.model_dump(mode="json", include={"examples", "probes", "selection"})
    return {**_lesson_body(lesson), **detail}


def _lesson_body(lesson: Lesson) -> dict[str, Any]:
    dataset = lesson.dataset
    return {
        "id": dataset.lesson,
        "object": "lesson",
        "statement": dataset.statement,
        "kind": dataset.kind,
        "language": dataset.language,
        "active": lesson.active,
        "versions": list(lesson.versions),
    }
