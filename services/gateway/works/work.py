"""What a long work is. Knows nothing of where it is kept or who writes it."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from services.common.errors import InvalidArgument

_WORK_ID = re.compile(r"work-[0-9a-f]{24}", re.ASCII)
WORK_ID_PATTERN = f"^{_WORK_ID.pattern}$"


class WorkState(StrEnum):
    """Where a work is on its course; the last three are terminal."""

    WRITING = "WRITING"
    LEARNING = "LEARNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


TERMINAL_STATES = frozenset({WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED})


@dataclass(frozen=True)
class Section:
    """One written section; `lesson` is the job that learns it, `lesson_state` how that ended, `note` why it failed.

    `seconds` is how long the writing took. The text of a section whose lesson was forgotten is empty.
    """

    text: str
    seconds: float
    lesson: str = ""
    lesson_state: str = ""
    note: str = ""
    forgotten: bool = False


@dataclass(frozen=True)
class Work:
    """One long text of a user's. Times are seconds since the epoch.

    `outline` holds a line for each section: what it is about, or nothing where the brief alone shall lead.
    """

    id: str
    tenant: str
    user: str
    title: str
    brief: str
    outline: tuple[str, ...]
    section_tokens: int
    learn: bool
    created_at: float
    state: WorkState = WorkState.WRITING
    sections: tuple[Section, ...] = ()
    cancel_requested: bool = False
    error: str = ""
    finished_at: float | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the work is in a terminal state."""
        return self.state in TERMINAL_STATES

    @property
    def text(self) -> str:
        """All that is written so far."""
        return "\n\n".join(section.text for section in self.sections if section.text)

    @property
    def current_lesson(self) -> str:
        """The job that learns the last section now; empty while there is none."""
        last = self.sections[-1] if self.sections else None
        return last.lesson if last and not last.lesson_state and not self.is_finished else ""

    def lesson_of(self, number: int) -> str:
        """The id of the job that learns section `number`, counted from 0; always the same, so that it runs once."""
        return f"learn-{hashlib.sha256(f'{self.id}/{number}'.encode()).hexdigest()[:24]}"


@dataclass(frozen=True)
class WorkEvent:
    """Something happened to a work: where it stands, and how far its present lesson is, in percent.

    `section` is the number, from 1, of a section that was just written, else 0. No text is in it.
    """

    work_id: str
    state: WorkState
    done: int
    total: int
    section: int = 0
    lesson: str = ""
    lesson_state: str = ""
    lesson_progress: int = 0

    @property
    def is_last(self) -> bool:
        """Whether no event follows."""
        return self.state in TERMINAL_STATES


def event_of(work: Work, section: int = 0, lesson_state: str = "", lesson_progress: int = 0) -> WorkEvent:
    """How `work` stands."""
    return WorkEvent(
        work.id,
        work.state,
        len(work.sections),
        len(work.outline),
        section,
        work.current_lesson,
        lesson_state,
        lesson_progress,
    )


def event_to_json(event: WorkEvent, text: str = "") -> str:
    """The event as clients see it, with the text of a section that was just written."""
    return json.dumps({**asdict(event), **({"text": text} if event.section else {})})


def event_from_json(text: str) -> WorkEvent:
    """Parse what `event_to_json` wrote."""
    data = json.loads(text)
    data.pop("text", None)
    return WorkEvent(**{**data, "state": WorkState(data["state"])})


def work_to_fields(work: Work) -> dict[str, str]:
    """The work as fields of a Redis hash, each section one of its own; a time that is not yet known is left out."""
    fields = {name: getattr(work, name) for name in ("id", "tenant", "user", "title", "brief", "state", "error")} | {
        "outline": json.dumps(work.outline),
        "section_tokens": str(work.section_tokens),
        "learn": "1" if work.learn else "0",
        "cancel_requested": "1" if work.cancel_requested else "0",
        "created_at": repr(work.created_at),
        "finished_at": None if work.finished_at is None else repr(work.finished_at),
    }
    fields |= {section_field(number): section_to_json(section) for number, section in enumerate(work.sections)}
    return {name: str(value) for name, value in fields.items() if value is not None}


def work_from_fields(fields: Mapping[str, str]) -> Work:
    """Parse what `work_to_fields` wrote."""
    written = sum(name.startswith("section:") for name in fields)
    return Work(
        id=fields["id"],
        tenant=fields["tenant"],
        user=fields["user"],
        title=fields["title"],
        brief=fields["brief"],
        outline=tuple(json.loads(fields["outline"])),
        section_tokens=int(fields["section_tokens"]),
        learn=fields["learn"] == "1",
        created_at=float(fields["created_at"]),
        state=WorkState(fields["state"]),
        sections=tuple(Section(**json.loads(fields[section_field(number)])) for number in range(written)),
        cancel_requested=fields["cancel_requested"] == "1",
        error=fields["error"],
        finished_at=float(fields["finished_at"]) if "finished_at" in fields else None,
    )


def section_field(number: int) -> str:
    """The field of section `number`, counted from 0."""
    return f"section:{number}"


def section_to_json(section: Section) -> str:
    """The value of a section's field."""
    return json.dumps(asdict(section))


def new_work_id() -> str:
    """Make an id for a work."""
    return f"work-{secrets.token_hex(12)}"


def check_work_id(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not a work's id."""
    if not _WORK_ID.fullmatch(value):
        raise InvalidArgument("`id` must look like work- and 24 hexadecimal digits.", field="id")
    return value
