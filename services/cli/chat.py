"""A conversation in the terminal: replies stream, lessons show a progress bar. Knows nothing of HTTP."""

from collections.abc import Iterator

from rich.console import Console

from services.cli.client import ChatPiece, LoreleiClient
from services.cli.errors import Refused
from services.cli.progress import LearnBar

_HELP = "Begin a message with [Learn] to teach something. End with Ctrl-D."


def converse(client: LoreleiClient, console: Console, model: str) -> None:
    """Talk until the input ends; a refused message is reported and forgotten, the conversation goes on."""
    console.print(_HELP, style="dim", markup=False)
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
        return console.input("[bold]you ›[/bold] ")
    except EOFError:
        console.print()
        return None


def _show_reply(pieces: Iterator[ChatPiece], console: Console) -> str:
    """Print a reply as it comes and return its text; while it reports a lesson, a bar stands for its text."""
    console.print("[bold]lorelei ›[/bold] ", end="")
    text = ""
    for piece in pieces:
        if piece.learn is not None and not piece.learn.is_final:
            with LearnBar(console) as bar:
                bar.show(piece.learn)
                piece = _follow_lesson(pieces, bar)
        text += piece.text
        console.print(piece.text, end="", markup=False, highlight=False)
    console.print()
    return text


def _follow_lesson(pieces: Iterator[ChatPiece], bar: LearnBar) -> ChatPiece:
    """Move the bar until the lesson's final piece, and return that."""
    for piece in pieces:
        if piece.learn is None:
            continue
        bar.show(piece.learn)
        if piece.learn.is_final:
            return piece
    raise Refused("The lesson's progress broke off; `lorelei status` shows how it goes on.")
