"""Lays out lists for the terminal. Knows nothing of HTTP."""

from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

_STATEMENT_CHARACTERS = 60


def adapters_table(adapters: list[dict[str, Any]]) -> Table:
    """The user's adapter versions; a star marks the one that serves."""
    table = Table("", "version", "created", "parent", "lessons", "size", box=None)
    for adapter in adapters:
        table.add_row(
            "*" if adapter["active"] else "",
            adapter["version"],
            datetime.fromisoformat(adapter["created_at"]).astimezone().strftime("%Y-%m-%d %H:%M"),
            adapter["parent"] or "base",
            str(len(adapter["lessons"])),
            f"{adapter['size_bytes'] / 1e6:.1f} MB",
        )
    return table


def jobs_table(jobs: list[dict[str, Any]]) -> Table:
    """Learn jobs with their state."""
    table = Table("lesson", "state", "progress", "what", box=None)
    for job in jobs:
        statement = " ".join(job["statement"].split())
        table.add_row(job["id"], job["state"], f"{job['progress']} %", statement[:_STATEMENT_CHARACTERS])
    return table


def feedback_table(items: list[dict[str, Any]]) -> Table:
    """Feedback with what became of it; what was said is shown from its beginning."""
    table = Table("feedback", "rating", "state", "answer", "correction", "why not", box=None)
    for item in items:
        texts = (item["answer"], item["correction"] or "", " ".join(item["reasons"]))
        shown = (escape(" ".join(text.split())[:_STATEMENT_CHARACTERS]) for text in texts)
        table.add_row(item["id"], item["rating"], item["state"], *shown)
    return table


def audit_table(entries: list[dict[str, Any]]) -> Table:
    """What was refused, by reasons with their counts, and what was reported, in the words of both sides."""
    table = Table("id", "when (UTC)", "what", "tenant", "user", "about", "why", box=None)
    for entry in entries:
        counts = ", ".join(f"{category} {count}" for category, count in entry["categories"].items())
        said = [f"“{entry[name]}”" for name in ("reason", "text") if entry[name]]
        table.add_row(
            *(entry["id"], datetime.fromtimestamp(entry["at"], UTC).strftime("%Y-%m-%d %H:%M"), entry["kind"]),
            *(escape(text) for text in (entry["tenant"], entry["user"], entry["subject"])),
            escape(" · ".join([*filter(None, [counts]), *said])),
        )
    return table
