"""Lays out lists for the terminal. Knows nothing of HTTP."""

from datetime import datetime
from typing import Any

from rich.table import Table

_LESSON_CHARACTERS = 60


def adapters_table(adapters: list[dict[str, Any]], active: str | None) -> Table:
    """The user's adapter versions; a star marks the one that serves."""
    table = Table("", "version", "created", "parent", "lessons", "size", box=None)
    for adapter in adapters:
        table.add_row(
            "*" if adapter["version"] == active else "",
            adapter["version"],
            _moment(adapter.get("created_at")),
            adapter.get("parent") or "base",
            str(len(adapter.get("lessons") or [])),
            f"{int(adapter.get('size_bytes') or 0) / 1e6:.1f} MB",
        )
    return table


def jobs_table(jobs: list[dict[str, Any]]) -> Table:
    """Learn jobs with their state."""
    table = Table("lesson", "state", "progress", "what", box=None)
    for job in jobs:
        text = " ".join(str(job.get("text") or job.get("statement") or "").split())
        table.add_row(str(job["id"]), str(job["state"]), f"{job['progress']} %", text[:_LESSON_CHARACTERS])
    return table


def _moment(value: object) -> str:
    if isinstance(value, str):
        return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value).astimezone().strftime("%Y-%m-%d %H:%M")
    return ""
