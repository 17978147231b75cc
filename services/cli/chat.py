"""A conversation in the terminal: replies stream, lessons show a progress bar. Knows nothing of HTTP."""

import readline  # noqa: F401 - gives input() line editing and a history
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

import typer

from services.cli.context import Session
from services.cli.errors import Refused
from services.cli.output import Output
from services.cli.showing.progress import LearnBar
from services.cli.updates import ChatPiece

_HELP = "Begin a message with [Learn] to teach something. Ctrl-C stops a reply, Ctrl-D ends."

Messages = list[dict[str, str]]


def say_once(session: Session, text: str, model: str) -> None:
    """Say one thing and show the reply alone; leaves with 1 when it was to be learned and is not.

    Raises Refused when it is refused.
    """
    message = {"role": "user", "content": text}
    reply = _Reply(session.output, session.client.chat([message], model))
    reply.show(mark="")
    session.output.line(reply.body())
    if not reply.is_learned:
        raise typer.Exit(1)


def converse(session: Session, model: str) -> None:
    """Talk until the input ends; a refused message is reported and forgotten, the conversation goes on."""
    output = session.output
    if not output.as_json:
        output.say(_HELP, style="dim")
    messages: Messages = []
    while (text := _read(output)) is not None:
        if not text.strip():
            continue
        question = {"role": "user", "content": text}
        reply = _Reply(output, session.client.chat([*messages, question], model))
        try:
            reply.show(mark="[bold]lorelei ›[/bold] ")
        except Refused as error:
            _report(output, error)
            continue
        except KeyboardInterrupt:
            output.say(" (stopped)", style="dim")
        output.line(reply.body())
        messages += [question, {"role": "assistant", "content": reply.text}]


def _read(output: Output) -> str | None:
    if output.as_json:
        # Nothing but the replies may come out.
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None
    try:
        return input("you › ")
    except EOFError:
        output.people.print()
        return None


def _report(output: Output, error: Refused) -> None:
    if output.as_json:
        output.line({"error": {"message": error.message, "code": error.code, "param": error.field}})
    else:
        output.people.print(error.message, style="red", markup=False)


class _Reply:
    """A reply on its way: what has come of it so far."""

    def __init__(self, output: Output, pieces: Iterator[ChatPiece]) -> None:
        self.text = ""
        self._output = output
        self._pieces = pieces
        self._completion_id = ""
        self._beside: dict[str, Any] = {}

    def show(self, mark: str) -> None:
        """Print the reply as it comes, after `mark`; while it reports a lesson, a bar stands for its text."""
        for piece in self._noted(self._pieces):
            shown = piece.text
            if piece.learn is not None and not piece.learn.is_final:
                shown = self._follow_lesson(piece)
            if shown and not self.text and not self._output.as_json:
                self._output.people.print(mark, end="")
            self.text += shown
            if not self._output.as_json:
                self._output.people.print(shown, end="", markup=False, highlight=False, soft_wrap=True)
        if not self._output.as_json:
            self._output.people.print()

    @property
    def is_learned(self) -> bool:
        """Whether the lesson that the reply tells of, if it does, serves."""
        learn = self._beside.get("learn")
        return learn is None or learn["state"] == "LIVE"

    def body(self) -> dict[str, Any]:
        """The reply as JSON."""
        return {"object": "chat.reply", "id": self._completion_id, "content": self.text, "lorelei": self._beside}

    def _noted(self, pieces: Iterator[ChatPiece]) -> Iterator[ChatPiece]:
        for piece in pieces:
            self._completion_id = piece.completion_id or self._completion_id
            self._beside = piece.beside or self._beside
            yield piece

    def _follow_lesson(self, piece: ChatPiece) -> str:
        """Move a bar until the lesson ends or the reply does; return the sentence that closes it."""
        closing = ""
        with LearnBar(self._output.people) as bar:
            for update in chain([piece], self._noted(self._pieces)):
                # The last line of each text; those before it are the progress that the bar shows.
                closing = update.text.rpartition("\n")[2] or closing
                if update.learn is not None:
                    bar.show(update.learn)
                    if update.learn.is_final:
                        break
        return closing
