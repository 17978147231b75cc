"""What a learn job is. Knows nothing of where it is kept or who works on it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from textwrap import shorten
from typing import Any

from services.gateway.conversations import Message

# The stage of a queued job that waits because the operator has paused learning.
PAUSED_STAGE = "paused"

_LONGEST_TITLE = 60


class JobKind(StrEnum):
    """What a job does: teach a lesson, in one of six ways, or remake the user's version of lessons taught before.

    A consolidation is a composition of all lessons that nobody asked for.
    """

    INSTRUCTION = "instruction"
    DOCUMENT = "document"
    WEB = "web"
    WRITING = "writing"
    FEEDBACK = "feedback"
    EXAMPLES = "examples"
    COMPOSITION = "composition"
    FORGETTING = "forgetting"
    CONSOLIDATION = "consolidation"


class JobState(StrEnum):
    """Where a job is on its course; the last four are terminal."""

    QUEUED = "QUEUED"
    PREPARING = "PREPARING"
    TRAINING = "TRAINING"
    EVALUATING = "EVALUATING"
    ACTIVATING = "ACTIVATING"
    LIVE = "LIVE"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class JobFile:
    """A file of the user's that a lesson is taken from; the media type may be empty or wrong."""

    id: str
    name: str
    media_type: str = ""


@dataclass(frozen=True)
class Writing:
    """A text that the model wrote and that a lesson is taken from; paragraphs are separated by empty lines."""

    title: str
    text: str


@dataclass(frozen=True)
class Preference:
    """An answer that the user corrected: after which `prompt`, what they prefer, and which version had answered."""

    prompt: tuple[Message, ...]
    rejected: str
    chosen: str
    version: str = ""


@dataclass(frozen=True)
class LearnedSource:
    """A document that was learned from: its title, file id or address, and how much of it is represented."""

    title: str
    address: str
    pages: int
    represented_pages: tuple[int, ...]
    facts: int


def title_of(text: str) -> str:
    """What to call a text that has no title: its first words."""
    first_line = next((line.strip(" #*") for line in text.splitlines() if line.strip(" #*")), "")
    return shorten(first_line, _LONGEST_TITLE, placeholder="…")


TERMINAL_STATES = frozenset({JobState.LIVE, JobState.REJECTED, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True)
class LearnJob:
    """One change on its way into a user's model. Times are seconds since the epoch; `progress` is in percent.

    A lesson has a `statement`, perhaps `files`, `urls`, `writings` or `preferences` to learn from, and, once built, a
    `dataset_key` and the `sources` that were learned from; where `known_lesson` had taught the very same, nothing is
    built.
    A composition has the `lessons` that the new version shall know; a consolidation has all
    `lessons`; a forgetting job has the lesson to be `forgotten`, and `lessons` are those left. The version gets the
    `title`, if any, as its name.
    No further attempt begins that would end after `max_seconds` of training; 0 is the trainer's own limit. The training
    has the trainer's own `seed` where there is none. `metadata` is the user's own, and means nothing here.
    `error` tells the user why it failed and may quote them; `error_code` is one constant.
    """

    id: str
    tenant: str
    user: str
    kind: JobKind
    statement: str
    conversation: tuple[Message, ...]
    created_at: float
    state: JobState = JobState.QUEUED
    progress: int = 0
    cancel_requested: bool = False
    files: tuple[JobFile, ...] = ()
    urls: tuple[str, ...] = ()
    writings: tuple[Writing, ...] = ()
    preferences: tuple[Preference, ...] = ()
    dataset_key: str = ""
    sources: tuple[LearnedSource, ...] = ()
    known_lesson: str = ""
    lessons: tuple[str, ...] = ()
    forgotten: str = ""
    title: str = ""
    max_seconds: int = 0
    seed: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    reasons: tuple[str, ...] = ()
    error: str = ""
    error_code: str = ""
    gate: Mapping[str, float] = field(default_factory=dict)
    started_at: float | None = None
    finished_at: float | None = None

    @property
    def may_be_training(self) -> bool:
        """Whether the trainer may have heard of the job."""
        return bool(self.dataset_key or self.lessons)

    @property
    def is_finished(self) -> bool:
        """Whether the job is in a terminal state."""
        return self.state in TERMINAL_STATES


@dataclass(frozen=True)
class LearnEvent:
    """One moment of a job, as those who watch it see it; `detail` holds figures of the present step.

    `stage` names the part of the state's work that is done now, such as "reading", or is PAUSED_STAGE; empty where
    there is nothing to name.
    """

    job_id: str
    kind: JobKind
    state: JobState
    progress: int
    version: str = ""
    reasons: tuple[str, ...] = ()
    error: str = ""
    sources: tuple[LearnedSource, ...] = ()
    known_lesson: str = ""
    detail: Mapping[str, float] = field(default_factory=dict)
    stage: str = ""

    @property
    def is_last(self) -> bool:
        """Whether no event follows this one."""
        return self.state in TERMINAL_STATES

    @property
    def is_held_back(self) -> bool:
        """Whether the job waits because the operator has paused learning."""
        return self.stage == PAUSED_STAGE


def event_of(job: LearnJob, detail: Mapping[str, float] | None = None, stage: str = "") -> LearnEvent:
    """The event that shows `job` as it is now."""
    shown = {name: getattr(job, name) for name in _SHOWN_FIELDS}
    return LearnEvent(job_id=job.id, **shown, detail=detail or {}, stage=stage)


def event_to_json(event: LearnEvent) -> str:
    """Serialise for the job's event stream and for clients."""
    return json.dumps(
        {
            "job_id": event.job_id,
            "kind": event.kind,
            "state": event.state,
            "progress": event.progress,
            "version": event.version or None,
            "reasons": event.reasons,
            "error": event.error or None,
            "sources": [asdict(source) for source in event.sources],
            "known_lesson": event.known_lesson or None,
            "stage": event.stage or None,
            "detail": dict(event.detail),
        }
    )


def event_from_json(text: str) -> LearnEvent:
    """Parse what `event_to_json` wrote."""
    data = json.loads(text)
    return LearnEvent(
        job_id=data["job_id"],
        kind=JobKind(data["kind"]),
        state=JobState(data["state"]),
        progress=data["progress"],
        version=data["version"] or "",
        reasons=tuple(data["reasons"]),
        error=data["error"] or "",
        sources=_sources(data.get("sources", [])),
        known_lesson=data.get("known_lesson") or "",
        detail=data["detail"],
        stage=data.get("stage") or "",
    )


def job_to_fields(job: LearnJob) -> dict[str, str]:
    """The job as fields of a Redis hash; fields that are still None are left out."""
    fields = {name: _field_text(getattr(job, name)) for name in _PLAIN_FIELDS}
    fields["conversation"] = json.dumps([[turn.role, turn.content] for turn in job.conversation])
    for name in ("files", "sources", "writings", "preferences"):
        fields[name] = json.dumps([asdict(item) for item in getattr(job, name)])
    return {name: value for name, value in fields.items() if value is not None}


def job_from_fields(fields: Mapping[str, str]) -> LearnJob:
    """Parse what `job_to_fields` wrote."""
    return LearnJob(
        id=fields["id"],
        tenant=fields["tenant"],
        user=fields["user"],
        kind=JobKind(fields["kind"]),
        statement=fields["statement"],
        conversation=tuple(Message(role, content) for role, content in json.loads(fields["conversation"])),
        created_at=float(fields["created_at"]),
        state=JobState(fields["state"]),
        progress=int(fields["progress"]),
        cancel_requested=fields["cancel_requested"] == "1",
        files=tuple(JobFile(**file) for file in json.loads(fields.get("files", "[]"))),
        urls=tuple(json.loads(fields.get("urls", "[]"))),
        writings=tuple(Writing(**writing) for writing in json.loads(fields.get("writings", "[]"))),
        preferences=tuple(map(_preference, json.loads(fields.get("preferences", "[]")))),
        dataset_key=fields["dataset_key"],
        sources=_sources(json.loads(fields.get("sources", "[]"))),
        known_lesson=fields.get("known_lesson", ""),
        lessons=tuple(json.loads(fields.get("lessons", "[]"))),
        forgotten=fields.get("forgotten", ""),
        title=fields.get("title", ""),
        max_seconds=int(fields.get("max_seconds", "0")),
        seed=int(fields["seed"]) if "seed" in fields else None,
        metadata=json.loads(fields.get("metadata", "{}")),
        version=fields["version"],
        reasons=tuple(json.loads(fields["reasons"])),
        error=fields["error"],
        error_code=fields.get("error_code", ""),
        gate=json.loads(fields["gate"]),
        started_at=_optional_float(fields, "started_at"),
        finished_at=_optional_float(fields, "finished_at"),
    )


_SHOWN_FIELDS = ("kind", "state", "progress", "version", "reasons", "error", "sources", "known_lesson")
_STRUCTURED_FIELDS = ("conversation", "files", "sources", "writings", "preferences")
_PLAIN_FIELDS = tuple(name for name in LearnJob.__dataclass_fields__ if name not in _STRUCTURED_FIELDS)


def _sources(items: list[dict[str, Any]]) -> tuple[LearnedSource, ...]:
    return tuple(LearnedSource(**{**item, "represented_pages": tuple(item["represented_pages"])}) for item in items)


def _preference(item: dict[str, Any]) -> Preference:
    return Preference(**{**item, "prompt": tuple(Message(**turn) for turn in item["prompt"])})


def _field_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (tuple, Mapping)):
        return json.dumps(value)
    return repr(value)


def _optional_float(fields: Mapping[str, str], name: str) -> float | None:
    return float(fields[name]) if name in fields else None
