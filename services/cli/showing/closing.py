"""The card that closes a job: what was learned, what was answered before and is now, how long it took."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_SHOWN_ANSWERS = 3
_SHOWN_FACTS = 6
_DONE = {
    "forgetting": "Forgotten; its data and every version that knew it are deleted",
    "composition": "Combined into a new version",
    "consolidation": "Learned anew, together",
}
_NOT_DONE = {
    "REJECTED": "Not learned; your model is unchanged",
    "FAILED": "That did not work; your model is unchanged",
    "CANCELLED": "Cancelled; your model is unchanged",
}


def closing_card(job: dict[str, Any], version: dict[str, Any] | None, lesson: dict[str, Any] | None) -> RenderableType:
    """The card of a `job` that has ended, with its `version` and `lesson` where they are there."""
    if job["state"] != "LIVE":
        return Group(_heading("✗", "red", _NOT_DONE[job["state"]], job), *_reasons(job))
    parts = [_heading("✓", "green", _done(job), job), *_learned(job, lesson), *_sources(job["sources"])]
    gate = (version or {}).get("gate") or {}
    return Group(*parts, *before_and_now(gate.get("answers", [])), _figures(job, gate))


def _heading(mark: str, colour: str, words: str, job: dict[str, Any]) -> Text:
    heading = Text.assemble((f"{mark} {words}", f"bold {colour}"))
    if seconds := _seconds(job):
        heading.append(f" ({seconds:.0f} s)", style="dim")
    return heading


def _done(job: dict[str, Any]) -> str:
    if job["known_lesson"]:
        return "Known already, from the very same text; nothing had to be changed"
    return _DONE.get(job["kind"], "Learned")


def _seconds(job: dict[str, Any]) -> float:
    return job["finished_at"] - job["started_at"] if job["finished_at"] and job["started_at"] else 0.0


def _reasons(job: dict[str, Any]) -> Iterator[RenderableType]:
    for reason in filter(None, [*job["reasons"], job["error"]]):
        yield _indented(Text(reason))


def _learned(job: dict[str, Any], lesson: dict[str, Any] | None) -> Iterator[RenderableType]:
    """The facts of a document, else the statement."""
    facts = [fact["text"] for fact in (lesson or {}).get("learned", [])]
    statement = (lesson or job)["statement"]
    texts = facts or ([statement] if statement else [])
    for text in texts[:_SHOWN_FACTS]:
        yield _indented(Text(text, style="italic"))
    if len(texts) > _SHOWN_FACTS:
        yield _indented(Text(f"and {len(texts) - _SHOWN_FACTS} more: lorelei lessons show {job['id']}", style="dim"))


def _sources(sources: list[dict[str, Any]]) -> Iterator[RenderableType]:
    for source in sources:
        facts = "one fact" if source["facts"] == 1 else f"{source['facts']} facts"
        # A file has an id for an address, which says nothing to people.
        address = f" {source['address']}" if "://" in source["address"] else ""
        yield _indented(Text.assemble(("from ", "dim"), source["title"], (f"{address}, {facts}", "dim")))


def before_and_now(answers: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Questions about the lesson with the answers before and now, what is right first."""
    asked = sorted((one for one in answers if one["subject"] == "recall"), key=lambda one: not one["passed"])
    for answer in asked[:_SHOWN_ANSWERS]:
        table = Table.grid(padding=(0, 2))
        table.add_row(Text("before", style="dim"), Text(_heard(answer["before"]), style="dim"))
        table.add_row(Text("now", style="green" if answer["passed"] else "yellow"), Text(_heard(answer["after"])))
        yield Text("")
        yield _indented(Text(answer["question"], style="bold"))
        yield Padding(table, (0, 0, 0, 4), expand=False)


def _heard(answer: str | None) -> str:
    """An answer, which was listened to only until it was told right from wrong."""
    text = " ".join((answer or "").split())
    return text if text.endswith((".", "!", "?", "…", '"', "”", ")")) else f"{text}…"


def _figures(job: dict[str, Any], gate: dict[str, Any]) -> RenderableType:
    told = []
    if gate.get("probes"):
        told.append(f"questions right {gate['recall']:.0%}")
        told.append(f"neighbours left alone {gate['locality']:.0%}")
        told.append(f"earlier lessons kept {gate['retention']:.0%}")
    told.append(f"version {job['version'] or 'base'} is live")
    return Padding(Text(" · ".join(told), style="dim"), (1, 0, 0, 2), expand=False)


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False)
