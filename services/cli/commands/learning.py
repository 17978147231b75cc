"""`lorelei chat` and `lorelei learn`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.completion import complete_model
from services.cli.context import Session, connected
from services.cli.errors import CommandError, WrongUse
from services.cli.following import follow_to_the_end
from services.cli.showing.progress import file_progress

app = typer.Typer()

_PANEL = "Teach and talk"


@app.command(rich_help_panel=_PANEL)
def chat(
    context: typer.Context,
    message: Annotated[str | None, typer.Argument(help="Say this only, and end with the reply.")] = None,
    model: Annotated[
        str, typer.Option(help="lorelei, lorelei:base or lorelei:VERSION.", autocompletion=complete_model)
    ] = "lorelei",
) -> None:
    """Talk; begin a message with [Learn] to teach.

    Ctrl-C stops a reply, Ctrl-D ends the conversation. With --json each line of standard input gets a line of JSON.
    """
    # Only this command needs line editing.
    from services.cli.chat import converse, say_once

    with connected(context) as session:
        if message is not None:
            say_once(session, message, model)
        else:
            session.client.me()
            converse(session, model)


@app.command(rich_help_panel=_PANEL)
def learn(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What to learn, or what to look for in files and pages.")] = "",
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", "-f", exists=True, dir_okay=False, readable=True, help="Read a document; repeatable."),
    ] = None,
    url: Annotated[list[str] | None, typer.Option("--url", "-u", help="Read a page; repeatable.")] = None,
    search: Annotated[str, typer.Option("--search", "-s", help="Search the web for this.")] = "",
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Do not wait; print the job's id.")] = False,
) -> None:
    """Teach one thing, and wait until it is known.

    Exit code 0 only when the new version is live. Ctrl-C asks whether to cancel; otherwise the lesson goes on.
    """
    files, urls = file or [], url or []
    if not (text.strip() or files or urls or search.strip()):
        raise WrongUse('Say what to learn: a text, --file, --url or --search. For example: lorelei learn "I am Ana."')
    if search and (files or urls):
        raise WrongUse("Give either --search, or --file and --url.")
    with connected(context) as session:
        job = _start(session, {"text": text, "urls": urls, "query": search}, files)
        if detach:
            session.output.result(job, job["id"])
        else:
            follow_to_the_end(session, job["id"])


def _start(session: Session, wanted: dict[str, Any], files: list[Path]) -> dict[str, Any]:
    """Upload the files and start the lesson; when it is refused, the files are deleted again."""
    uploaded: list[str] = []
    try:
        # Of a generator that fails, the list has what came before.
        uploaded.extend(_upload(session, path) for path in files)
        return session.client.learn(**{name: value for name, value in wanted.items() if value}, file_ids=uploaded)
    except (CommandError, KeyboardInterrupt):
        for file_id in uploaded:
            session.client.delete_file(file_id)
        raise


def _upload(session: Session, path: Path) -> str:
    """Upload a file and return its id."""
    with (
        file_progress(session.output.people) as progress,
        progress.open(path, "rb", description=f"Uploading {path.name}") as content,
    ):
        return str(session.client.upload(path.name, content)["id"])
