"""One lesson on the screen. Knows nothing of HTTP."""

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_SHOWN_PROBES = 8


def lesson_page(lesson: dict[str, Any]) -> RenderableType:
    """What is learned from a lesson, where it comes from, and what it is trained on and checked by."""
    parts: list[RenderableType] = [Text(lesson["statement"] or lesson["id"], style="bold")]
    sources = lesson["sources"]
    for fact in lesson["learned"]:
        where = _where(sources, fact)
        parts.append(_indented(Text.assemble("• ", fact["text"], (where, "dim"))))
    parts += [_indented(Text(f"from {source['title']} {source['address']}", style="dim")) for source in sources]
    return Group(*parts, Text(""), _figures(lesson), Text(""), *_probes(lesson["probes"]))


def _where(sources: list[dict[str, Any]], fact: dict[str, Any]) -> str:
    if fact["source"] is None:
        return ""
    page = f", p. {fact['page']}" if fact["page"] else ""
    return f"  {sources[fact['source']]['title']}{page}"


def _figures(lesson: dict[str, Any]) -> RenderableType:
    counts = Counter(example["kind"] for example in lesson["examples"])
    examples = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("lesson", lesson["id"]),
        ("way", f"{lesson['kind']}, {lesson['language']}"),
        ("trained on", f"{examples} examples"),
        ("known by", ", ".join(lesson["versions"])),
        ("serves you", "yes" if lesson["active"] else "no"),
    ):
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _probes(probes: list[dict[str, Any]]) -> list[RenderableType]:
    shown: list[RenderableType] = [Text("Checked by, never trained on:", style="dim")]
    shown += [_indented(Text(probe["prompt"][-1]["content"])) for probe in probes[:_SHOWN_PROBES]]
    if len(probes) > _SHOWN_PROBES:
        shown.append(_indented(Text(f"and {len(probes) - _SHOWN_PROBES} more (--json shows all)", style="dim")))
    return shown


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False)
