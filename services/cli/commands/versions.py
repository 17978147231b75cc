"""`lorelei adapters`, `activate`, `export` and `import`: the versions of a user's model."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.completion import complete_lesson, complete_version, complete_version_or_base
from services.cli.context import Session, connected
from services.cli.errors import CommandError
from services.cli.following import follow_to_the_end
from services.cli.showing.progress import file_progress
from services.cli.showing.tables import versions_table
from services.cli.showing.version import version_page

app = typer.Typer()
adapters_app = typer.Typer(help="List, show, name, combine and delete versions.", invoke_without_command=True)
_PANEL = "What the model knows"
app.add_typer(adapters_app, name="adapters", rich_help_panel=_PANEL)

Version = Annotated[str, typer.Argument(help="A version.", autocompletion=complete_version)]


@adapters_app.callback()
def list_versions(context: typer.Context) -> None:
    """List your model's versions; a star marks the one that serves."""
    if context.invoked_subcommand is None:
        with connected(context) as session:
            body = session.client.versions()
            nothing = "There are no versions; the base model serves you."
            session.output.result(body, versions_table(body["data"]) if body["data"] else nothing)


@adapters_app.command()
def show(context: typer.Context, version: Version) -> None:
    """Show a version: what it was taught, what it answers, before and now."""
    with connected(context) as session:
        body = session.client.version(version)
        session.output.result(body, version_page(body))


@adapters_app.command()
def name(
    context: typer.Context,
    version: Version,
    title: Annotated[str, typer.Argument(metavar="NAME", help='Your own name for it; "" takes it away.')],
) -> None:
    """Give a version your own name, by which it can be activated."""
    with connected(context) as session:
        body = session.client.name_version(version, title)
        session.output.result(body, f"{version} is called {title} now." if title else f"{version} has no name now.")


@adapters_app.command()
def combine(
    context: typer.Context,
    lessons: Annotated[list[str], typer.Argument(help="Lessons to know.", autocompletion=complete_lesson)],
    title: Annotated[str, typer.Option("--name", metavar="NAME", help="Your own name for the version.")] = "",
) -> None:
    """Train a fresh version that knows exactly these lessons, and let it serve you."""
    with connected(context) as session:
        follow_to_the_end(session, session.client.compose(lessons, title)["id"])


@adapters_app.command()
def delete(context: typer.Context, version: Version) -> None:
    """Delete a version that does not serve you."""
    with connected(context) as session:
        session.output.result(session.client.delete_version(version), f"{version} is deleted.")


@app.command(rich_help_panel=_PANEL)
def activate(
    context: typer.Context,
    version: Annotated[
        str, typer.Argument(help="A version, your name for it, or base.", autocompletion=complete_version_or_base)
    ],
) -> None:
    """Let a version serve you: roll back or forward."""
    with connected(context) as session:
        session.output.result(session.client.activate(version), f"{version} serves you now.")


@app.command("export", rich_help_panel=_PANEL)
def export_version(
    context: typer.Context,
    version: Annotated[
        str | None, typer.Argument(help="A version, else the one that serves.", autocompletion=complete_version)
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write, else VERSION.zip.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a version to a file.

    It is a zip file of a PEFT folder, which PEFT, vLLM and `lorelei import` read.
    """
    with connected(context) as session:
        chosen = version or session.client.me()["active_version"]
        if chosen is None:
            raise CommandError("The base model serves you, so there is nothing of yours to export.")
        target = output or Path(f"{chosen}.zip")
        if target.exists() and not force:
            raise CommandError(f"{target} exists. Choose another file with -o, or replace it with --force.")
        size = _download(session, chosen, target)
        body = {"object": "adapter.export", "version": chosen, "file": str(target), "bytes": size}
        session.output.result(body, f"{chosen} is in {target} ({size / 1e6:.1f} MB).")


def _download(session: Session, version: str, target: Path) -> int:
    """Write the version to `target`, which appears complete or not at all; return its size in bytes."""
    part = target.with_name(f".{target.name}.part")
    try:
        with (
            session.client.export_version(version) as (size, blocks),
            file_progress(session.output.people) as progress,
            part.open("wb") as file,
        ):
            task = progress.add_task(f"Exporting {version}", total=size or None)
            for block in blocks:
                progress.advance(task, file.write(block))
        part.replace(target)
    except OSError as error:
        raise CommandError(f"Cannot write {target}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


@app.command("import", rich_help_panel=_PANEL)
def import_version(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A zip file.")],
    title: Annotated[str, typer.Option("--name", metavar="NAME", help="Your own name for the version.")] = "",
) -> None:
    """Make a version of a file.

    A zip file that was exported here or elsewhere, or of any PEFT folder of plain LoRA in safetensors.
    """
    with connected(context) as session:
        with (
            file_progress(session.output.people) as progress,
            progress.open(file, "rb", description=f"Importing {file.name}") as packed,
        ):
            body = session.client.import_version(packed, title)
        version = body["version"]
        session.output.result(body, f"{version} is here. Let it serve you with: lorelei activate {version}")
