"""One version on the screen. Knows nothing of HTTP."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli.showing.closing import before_and_now


def version_page(version: dict[str, Any]) -> RenderableType:
    """Where a version comes from, what it was taught, what the gate found, with answers before and now."""
    gate = version["gate"] or {}
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("version", version["version"] + (" (serves you)" if version["active"] else "")),
        ("name", version["name"]),
        ("made", f"{version['origin']}, {version['created_at'][:16].replace('T', ' ')} UTC"),
        ("from", version["parent"] or version["base_model"]),
        ("size", f"{version['size_bytes'] / 1e6:.1f} MB"),
        ("training", f"{version['seconds']:.0f} s"),
        ("lessons", str(len(version["lessons"]))),
        ("taught", "; ".join(lesson["statement"] or lesson["id"] for lesson in version["taught"])),
        ("gate", _shares(gate)),
    ):
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    return Group(table, *before_and_now(gate.get("answers", [])))


def _shares(gate: dict[str, Any]) -> str:
    """What the gate found, in percent."""
    if not gate.get("probes"):
        return ""
    shares = ", ".join(f"{name} {gate[name]:.0%}" for name in ("recall", "locality", "retention"))
    return f"{shares}, drift {gate['drift']:.3f} nats per token"
