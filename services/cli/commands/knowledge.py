"""`lorelei lessons` and `lorelei forget`: what was taught."""

from typing import Annotated, Any

import typer

from services.cli.completion import complete_lesson
from services.cli.context import Session, connected
from services.cli.errors import WrongUse
from services.cli.following import watched_to_the_end
from services.cli.showing.lesson import lesson_page
from services.cli.showing.tables import lessons_table

app = typer.Typer()
lessons_app = typer.Typer(help="List what was taught, and show one lesson.", invoke_without_command=True)
app.add_typer(lessons_app, name="lessons", rich_help_panel="What the model knows")


@lessons_app.callback()
def list_lessons(context: typer.Context) -> None:
    """List what was taught; a star marks what the version that serves knows."""
    if context.invoked_subcommand is None:
        with connected(context) as session:
            body = session.client.lessons()
            nothing = 'Nothing was taught yet. Teach something: lorelei learn "…"'
            session.output.result(body, lessons_table(body["data"]) if body["data"] else nothing)


@lessons_app.command()
def show(
    context: typer.Context,
    lesson: Annotated[str, typer.Argument(help="Id of a lesson.", autocompletion=complete_lesson)],
) -> None:
    """Show one lesson: what is learned from it, where it comes from, what it is checked by."""
    with connected(context) as session:
        body = session.client.lesson(lesson)
        session.output.result(body, lesson_page(body))


@app.command(rich_help_panel="What the model knows")
def forget(
    context: typer.Context,
    lesson: Annotated[
        str | None, typer.Argument(help="Id of the lesson to forget.", autocompletion=complete_lesson)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget every lesson.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget a lesson for good.

    The model is retrained without it; then its data and every version that knew it are deleted. With --all, the base
    model serves you afterwards.
    """
    if (lesson is None) != everything:
        raise WrongUse("Give either the id of a lesson or --all. `lorelei lessons` lists them.")
    with connected(context) as session:
        if lesson is not None:
            _confirm(session, yes, [session.client.lesson(lesson)])
            if not _is_forgotten(session, lesson):
                raise typer.Exit(1)
        else:
            _forget_all(session, yes)


def _forget_all(session: Session, yes: bool) -> None:
    """Forget one lesson after the other; with the base model in force nothing has to be trained for it."""
    client, output = session.client, session.output
    lessons = client.lessons()["data"]
    if lessons:
        _confirm(session, yes, lessons)
        client.activate("base")
    left = [one["id"] for one in lessons if not _is_forgotten(session, one["id"])]
    output.line({"object": "lessons.forgotten", "forgotten": len(lessons) - len(left), "left": left})
    if not output.as_json:
        output.say(
            f"{len(lessons) - len(left)} of {len(lessons)} lessons are forgotten." if lessons else "Nothing to forget."
        )
    if left:
        raise typer.Exit(1)


def _is_forgotten(session: Session, lesson: str) -> bool:
    """Forget a lesson and tell what was deleted, and what is found of it now."""
    client, output = session.client, session.output
    if watched_to_the_end(session, client.forget(lesson)["id"])["state"] != "LIVE":
        return False
    erasure = client.erasure(lesson)
    output.line(erasure)
    deleted = erasure["deleted"]
    told = f"{len(deleted['versions'])} versions, {deleted['objects']} files, {deleted['messages']} messages"
    if not output.as_json:
        output.say(f"  deleted: {told}; found of it now: {', '.join(erasure['remains']) or 'nothing'}", style="dim")
    return True


def _confirm(session: Session, yes: bool, lessons: list[dict[str, Any]]) -> None:
    """Go on when it is agreed; raises WrongUse when nobody can be asked, leaves with 1 when it is not."""
    output = session.output
    if yes:
        return
    if not output.is_conversation:
        raise WrongUse("Forgetting cannot be taken back. Say --yes to forget without being asked.")
    output.people.print(lessons_table(lessons))
    if not output.agrees("Forget this for good?"):
        output.say("Nothing was forgotten.")
        raise typer.Exit(1)
