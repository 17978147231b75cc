"""What a user reads when they manage what was learned. Knows nothing of how it is done."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.gateway.intents import Intent
from services.gateway.learning.jobs import JobKind, LearnJob

NOTHING_LEARNED = "You have not taught me anything yet. Begin a message with [Learn] to do so."
NOTHING_TO_UNDO = "There is nothing to undo: the untaught model answers you."
NOTHING_TO_REDO = "There is nothing to redo: no update was undone."
NOTHING_RUNNING = "I am not learning anything at the moment."
DROPPED = "All right, nothing was changed."
GONE = "That lesson is no longer there. Nothing was changed."

# More are counted, not shown; GET /v1/lessons lists them all.
MOST_LISTED = 20
_MOST_QUOTED_CHARACTERS = 400

_READINGS = {
    Intent.LEARN_INSTRUCTION: "remember it as you said it",
    Intent.LEARN_DOCUMENT: "read a document or page and learn it",
    Intent.LEARN_WEB: "search the web for it and learn what I find",
    Intent.FEEDBACK: "take it as a correction of my last answer",
    Intent.MANAGE: "change or show what I have learned already",
}
_WORK = {
    JobKind.COMPOSITION: "a version of the lessons that you chose",
    JobKind.FORGETTING: "forgetting a lesson",
    JobKind.CONSOLIDATION: "all your lessons anew, together",
}


@dataclass(frozen=True)
class Told:
    """A lesson as it is shown: its id, what it says, since when it is known, and whether the version in force does."""

    lesson: str
    words: str
    since: datetime | None
    active: bool


def listing(lessons: Sequence[Told]) -> str:
    """The lessons, numbered."""
    lines = [f"{number}. {line(one)}" for number, one in enumerate(lessons[:MOST_LISTED], 1)]
    left = len(lessons) - len(lines)
    return "\n".join([*lines, *([f"and {left} more."] if left else [])])


def line(lesson: Told) -> str:
    """One lesson, with its date."""
    since = f" ({lesson.since:%Y-%m-%d})" if lesson.since else ""
    return f"“{lesson.words}”{since}" + ("" if lesson.active else ", not in the version that answers now")


def taught(lessons: Sequence[Told], topic: str) -> str:
    """What was taught, about `topic` where that is not empty."""
    about = f" about “{topic}”" if topic else ""
    count = "one thing" if len(lessons) == 1 else f"{len(lessons)} things"
    return f"You have taught me {count}{about}:\n{listing(lessons)}"


def nothing_about(topic: str, lessons: Sequence[Told]) -> str:
    """Nothing was taught about `topic`, but these `lessons` were."""
    return f"I have learned nothing from you about “{topic}”. What you have taught me:\n{listing(lessons)}"


def confirm(lesson: Told) -> str:
    """Asks whether to forget `lesson`."""
    return f"Shall I forget this for good? {line(lesson)}\nSay “yes” to confirm."


def which(lessons: Sequence[Told], topic: str) -> str:
    """Asks which of `lessons` to forget; none of them is surely meant by `topic`."""
    found = f"Several lessons may be meant by “{topic}”." if topic else "I am not sure which lesson you mean."
    return f"{found} Which one shall I forget for good?\n{listing(lessons)}\nSay its number, or “no”."


def confirm_all(lessons: Sequence[Told]) -> str:
    """Asks whether to forget all `lessons`."""
    count = "the one lesson" if len(lessons) == 1 else f"all {len(lessons)} lessons"
    return f"Shall I forget {count} that you have taught me, for good?\n{listing(lessons)}\nSay “yes” to confirm."


def more_to_forget(left: int) -> str:
    """So many lessons could not be queued."""
    return f"I no longer use any lesson. {left} of them still have to be deleted: ask me once more when this is done."


def went_back(lost: Sequence[str]) -> str:
    """The version before serves again; it does not know what is `lost`."""
    without = f" It does not know: {_quoted(lost)}." if lost else ""
    return f"Done, the version before the last update answers you again.{without} Say “redo the update” to get it back."


def went_forward(won: Sequence[str]) -> str:
    """The later version serves again; it knows what is `won`."""
    again = f" It knows again: {_quoted(won)}." if won else ""
    return f"Done, the later version answers you again.{again}"


def running(jobs: Sequence[LearnJob]) -> str:
    """What is being learned."""
    lines = [f"- {_work(job)}: {job.state.lower()}, {job.progress}%" for job in jobs]
    return "\n".join(["I am learning:", *lines])


def cancelled(jobs: Sequence[LearnJob]) -> str:
    """What is not learned any further."""
    return "Cancelled, and nothing was changed by it:\n" + "\n".join(f"- {_work(job)}" for job in jobs)


def meanings(statement: str, readings: Sequence[Intent]) -> str:
    """Asks what a [Learn] message means."""
    lines = [f"{number}. {_READINGS[reading]}" for number, reading in enumerate(readings, 1)]
    quoted = textwrap.shorten(statement, _MOST_QUOTED_CHARACTERS, placeholder=" …")
    return "\n".join([f"I am not sure what to do with “{quoted}”. Shall I", *lines, "Say a number, or “no”."])


def _work(job: LearnJob) -> str:
    return _WORK.get(job.kind) or f"“{job.statement or 'documents'}”"


def _quoted(statements: Sequence[str]) -> str:
    return ", ".join(f"“{one}”" for one in statements)
