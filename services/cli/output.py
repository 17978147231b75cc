"""Where results go: words for people, or with --json one document (or lines, for streams) on standard output."""

import json
import os
import sys
from typing import Any

from rich.console import Console, RenderableType

# Of a table in a file or a pipe, where cutting would lose something.
_WIDTH_OF_A_FILE = 180


class Output:
    """Standard output carries results only; with `as_json` whatever is for people goes to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.people = _console(to_errors=as_json)
        self.errors = _console(to_errors=True)

    @property
    def is_conversation(self) -> bool:
        """Whether a person sits there who can be asked."""
        return not self.as_json and sys.stdin.isatty() and self.errors.is_terminal

    def result(self, body: Any, *shown: RenderableType) -> None:
        """What the command was asked for: `body` as a JSON document, or what is `shown` of it to people."""
        if self.as_json:
            _write(json.dumps(body, ensure_ascii=_needs_ascii(), indent=2))
            return
        for item in shown:
            if isinstance(item, str):
                self.say(item)
            else:
                self.people.print(item, highlight=False)

    def line(self, body: Any) -> None:
        """One document of a stream as a JSON line; nothing for people."""
        if self.as_json:
            _write(json.dumps(body, ensure_ascii=_needs_ascii()))

    def say(self, text: str, style: str = "") -> None:
        """A sentence for people, as it is."""
        self.people.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def agrees(self, question: str) -> bool:
        """Whether the person who sits there says yes; the end of the input is a no."""
        self.errors.print(f"{question} \\[y/N] ", end="", highlight=False)
        try:
            return input().strip().lower() in ("y", "yes")
        except EOFError:
            return False

    def note(self, text: str) -> None:
        """What a person should know beside the results."""
        self.errors.print(text, style="dim", markup=False, highlight=False, soft_wrap=True)

    def complain(self, message: str) -> None:
        """A failure in words, for people."""
        self.errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def _console(*, to_errors: bool) -> Console:
    console = Console(stderr=to_errors)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH_OF_A_FILE
    return console


def _write(text: str) -> None:
    print(text, flush=True)


def _needs_ascii() -> bool:
    """Whether standard output may be unable to express a character."""
    return (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
