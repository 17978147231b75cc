"""Lays out lists for the terminal. Knows nothing of HTTP."""

from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

_STATEMENT_CHARACTERS = 60

Bodies = list[dict[str, Any]]


def versions_table(versions: Bodies) -> Table:
    """The user's adapter versions; a star marks the one that serves."""
    table = _table("", "version", "name", "created", "lessons", "size", "taught")
    for version in versions:
        created = datetime.fromisoformat(version["created_at"]).timestamp()
        taught = "; ".join(lesson["statement"] or "" for lesson in version["taught"])
        table.add_row(
            *("*" if version["active"] else "", version["version"], escape(version["name"] or ""), _time(created)),
            *(str(len(version["lessons"])), f"{version['size_bytes'] / 1e6:.1f} MB", _start(taught)),
        )
    return table


def lessons_table(lessons: Bodies) -> Table:
    """What was taught; a star marks what the version that serves knows."""
    table = _table("", "lesson", "way", "what")
    for lesson in lessons:
        what = lesson["statement"] or ", ".join(source["title"] for source in lesson["sources"])
        table.add_row("*" if lesson["active"] else "", lesson["id"], lesson["kind"], _start(what))
    return table


def jobs_table(jobs: Bodies) -> Table:
    """Learn jobs with their state."""
    table = _table("job", "when", "kind", "state", "progress", "what")
    for job in jobs:
        when = _time(job["created_at"])
        table.add_row(job["id"], when, job["kind"], job["state"], f"{job['progress']} %", _start(what_of(job)))
    return table


def what_of(job: dict[str, Any]) -> str:
    """What a job is about, in a few words."""
    sources = ", ".join(source["title"] for source in job["sources"])
    return str(job["statement"] or sources or job["forgotten"] or ", ".join([*job["urls"], *job["file_ids"]]))


def feedback_table(items: Bodies) -> Table:
    """Feedback with what became of it; what was said is shown from its beginning."""
    table = _table("feedback", "rating", "state", "answer", "correction", "why not")
    for item in items:
        texts = (item["answer"], item["correction"] or "", " ".join(item["reasons"]))
        table.add_row(item["id"], item["rating"], item["state"], *map(_start, texts))
    return table


def audit_table(entries: Bodies) -> Table:
    """What was refused, by reasons with their counts, and what was reported, in the words of both sides."""
    table = _table("id", "when (UTC)", "what", "tenant", "user", "about", "why")
    for entry in entries:
        counts = ", ".join(f"{category} {count}" for category, count in entry["categories"].items())
        said = [f"“{entry[name]}”" for name in ("reason", "text") if entry[name]]
        table.add_row(
            *(entry["id"], datetime.fromtimestamp(entry["at"], UTC).strftime("%Y-%m-%d %H:%M"), entry["kind"]),
            *(escape(text) for text in (entry["tenant"], entry["user"], entry["subject"])),
            escape(" · ".join([*filter(None, [counts]), *said])),
        )
    return table


def keys_table(keys: Bodies) -> Table:
    """API keys by their ids, with their tenants."""
    table = _table("key", "tenant", "since")
    for key in keys:
        table.add_row(key["id"], escape(key["tenant"]), _time(key["created_at"]))
    return table


def _table(*names: str) -> Table:
    """The first column with a name holds ids, which must stay whole to be copied."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    whole = next(name for name in names if name)
    for name in names:
        table.add_column(name, no_wrap=name == whole, overflow="fold")
    return table


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _start(text: str) -> str:
    words = " ".join(text.split())
    return escape(words if len(words) <= _STATEMENT_CHARACTERS else f"{words[: _STATEMENT_CHARACTERS - 1]}…")
