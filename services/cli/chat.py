"""A conversation in the terminal: replies stream, lessons show a progress bar. Knows nothing of HTTP."""

import readline  # noqa: F401 - gives input() line editing and a history
from collections.abc import Iterator
from itertools import chain

from rich.console import Console

from services.cli.client import ChatPiece, LoreleiClient
from services.cli.errors import Refused
from services.cli.progress import LearnBar

_HELP = "Begin a message with [Learn] to teach something. End with Ctrl-D."


def converse(client: LoreleiClient, console: Console, model: str) -> None:
    """Talk until the input ends; a refused message is reported and forgotten, the conversation goes on."""
    console.print(_HELP, style="dim", markup=False, highlight=False)
    messages: list[dict[str, str]] = []
    while (text := _read(console)) is not None:
        if not text.strip():
            continue
        question = {"role": "user", "content": text}
        try:
            reply = _show_reply(client.chat([*messages, question], model), console)
        except Refused as error:
            console.print(error.message, style="red", markup=False)
            continue
        messages += [question, {"role": "assistant", "content": reply}]


def _read(console: Console) -> str | None:
    try:
        return input("you › ")
    except EOFError:
        console.print()
        return None


def _show_reply(pieces: Iterator[ChatPiece], console: Console) -> str:
    """Print a reply as it comes and return its text; while it reports a lesson, a bar stands for its text."""
    text = ""
    for piece in pieces:
        shown = piece.text
        if piece.learn is not None and not piece.learn.is_final:
            shown = _follow_lesson(piece, pieces, console)
        if shown and not text:
            console.print("[bold]lorelei ›[/bold] ", end="")
        text += shown
        console.print(shown, end="", markup=False, highlight=False)
    console.print()
    return text


def _follow_lesson(piece: ChatPiece, rest: Iterator[ChatPiece], console: Console) -> str:
    """Move a bar until the lesson ends or the reply does; return the sentence that closes it."""
    closing = ""
    with LearnBar(console) as bar:
        for update in chain([piece], rest):
            # The last line of each text; those before it are the progress that the bar shows.
            closing = update.text.rpartition("\n")[2] or closing
            if update.learn is not None:
                bar.show(update.learn)
                if update.learn.is_final:
                    break
    return closing
