"""What `lorelei bench` measured, on the screen."""

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def figures_table(body: dict[str, Any]) -> RenderableType:
    """How quickly replies come, before and after a lesson, and how soon the lesson is known."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("")
    for name in ("untaught", "taught"):
        table.add_column(name, justify="right")
    for words, field, unit in (
        ("first token, median", ("first_token_seconds", "median"), "s"),
        ("first token, slowest", ("first_token_seconds", "worst"), "s"),
        ("speed, median", ("tokens_per_second", "median"), "tokens/s"),
        ("speed, slowest", ("tokens_per_second", "worst"), "tokens/s"),
    ):
        values = (body[model][field[0]][field[1]] for model in ("untaught", "taught"))
        table.add_row(words, *(f"{value} {unit}" for value in values))
    return Group(table, Text(""), *_lesson(body))


def _lesson(body: dict[str, Any]) -> list[RenderableType]:
    lesson = body["lesson"]
    if body["known"]:
        verdict = Text(f"✓ Known {body['known_seconds']:.1f} s after it was taught", style="bold green")
    else:
        verdict = Text(f"✗ Live after {body['live_seconds']:.1f} s, but not answered", style="bold red")
    table = Table.grid(padding=(0, 2))
    table.add_row(Text("taught", style="dim"), Text(lesson["name"]))
    table.add_row(Text("asked", style="dim"), Text(lesson["question"]))
    table.add_row(Text("before", style="dim"), Text(" ".join(lesson["before"].split()), style="dim"))
    table.add_row(Text("now", style="dim"), Text(" ".join(lesson["after"].split())))
    return [verdict, Padding(table, (0, 0, 0, 2), expand=False)]
