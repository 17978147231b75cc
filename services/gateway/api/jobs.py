"""How a job looks in JSON, whatever it does."""

from typing import Literal

from typing_extensions import TypedDict

from services.gateway.learning.jobs import JobKind, JobState, LearnedSource, LearnJob


class JobBody(TypedDict):
    """A job; times are in seconds since the epoch, `progress` is in percent."""

    id: str
    object: Literal["learn.job"]
    user: str
    kind: JobKind
    statement: str
    file_ids: list[str]
    urls: list[str]
    writings: list[str]
    corrections: int
    sources: list[LearnedSource]
    known_lesson: str | None
    lessons: list[str]
    forgotten: str | None
    name: str | None
    state: JobState
    progress: int
    cancel_requested: bool
    version: str | None
    reasons: list[str]
    error: str | None
    gate: dict[str, float] | None
    created_at: float
    started_at: float | None
    finished_at: float | None


class JobListBody(TypedDict):
    """Jobs."""

    object: Literal["list"]
    data: list[JobBody]


class JobEventBody(TypedDict):
    """A moment of a job; `progress` is in percent, `detail` holds figures of the present `stage` by name."""

    job_id: str
    kind: JobKind
    state: JobState
    progress: int
    version: str | None
    reasons: list[str]
    error: str | None
    sources: list[LearnedSource]
    known_lesson: str | None
    stage: str | None
    detail: dict[str, float]


def job_body(job: LearnJob) -> JobBody:
    """The job as JSON."""
    return {
        "id": job.id,
        "object": "learn.job",
        "user": job.user,
        "kind": job.kind,
        "statement": job.statement,
        "file_ids": [file.id for file in job.files],
        "urls": list(job.urls),
        "writings": [writing.title for writing in job.writings],
        "corrections": len(job.preferences),
        "sources": list(job.sources),
        "known_lesson": job.known_lesson or None,
        "lessons": list(job.lessons),
        "forgotten": job.forgotten or None,
        "name": job.title or None,
        "state": job.state,
        "progress": job.progress,
        "cancel_requested": job.cancel_requested,
        "version": job.version or None,
        "reasons": list(job.reasons),
        "error": job.error or None,
        "gate": dict(job.gate) or None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
