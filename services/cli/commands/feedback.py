"""`lorelei feedback`: what is thought of answers."""

from typing import Annotated, Any

import typer

from services.cli.context import connected
from services.cli.following import follow_to_the_end
from services.cli.showing.tables import feedback_table

app = typer.Typer()
feedback_app = typer.Typer(help="Rate and correct answers, and list that.", invoke_without_command=True)
app.add_typer(feedback_app, name="feedback", rich_help_panel="Teach and talk")

Completion = Annotated[str, typer.Argument(help="Id of the completion that answered, or last.")]
Reason = Annotated[str, typer.Option(help="What was good or wrong about it.")]
Feedback = Annotated[str, typer.Argument(help="Id of feedback.")]


@feedback_app.callback()
def list_feedback(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most to list.")] = 20,
) -> None:
    """List your latest feedback and what became of it, or give some."""
    if context.invoked_subcommand is None:
        with connected(context) as session:
            body = session.client.feedback(limit)
            session.output.result(body, feedback_table(body["data"]) if body["data"] else "There is no feedback yet.")


@feedback_app.command()
def up(context: typer.Context, completion: Completion = "last", reason: Reason = "") -> None:
    """Call an answer good."""
    _give(context, completion, rating="up", reason=reason)


@feedback_app.command()
def down(
    context: typer.Context,
    completion: Completion = "last",
    reason: Reason = "",
    harmful: Annotated[bool, typer.Option("--harmful", help="Report it to the operator.")] = False,
) -> None:
    """Call an answer bad."""
    _give(context, completion, rating="down", reason=reason, harmful=harmful)


@feedback_app.command()
def correct(
    context: typer.Context,
    correction: Annotated[str, typer.Argument(help="What should have been answered.")],
    completion: Completion = "last",
    reason: Reason = "",
    now: Annotated[bool, typer.Option("--now", help="Learn it now, and wait until it is known.")] = False,
) -> None:
    """Say what an answer should have been, so that it is learned; with --now like `lorelei learn`."""
    _give(context, completion, correction=correction, reason=reason, learn_now=now)


@feedback_app.command()
def learn(context: typer.Context, feedback: Feedback) -> None:
    """Learn a correction now, or once more, and wait until it is known."""
    with connected(context) as session:
        follow_to_the_end(session, session.client.learn_feedback(feedback)["job_id"])


@feedback_app.command()
def delete(context: typer.Context, feedback: Feedback) -> None:
    """Delete feedback. What was learned from it stays until its lesson is forgotten."""
    with connected(context) as session:
        session.output.result(session.client.delete_feedback(feedback), f"{feedback} is deleted.")


def _give(context: typer.Context, completion: str, **verdict: Any) -> None:
    with connected(context) as session:
        item = session.client.give_feedback(completion, verdict)
        if not (verdict.get("learn_now") and item["job_id"]):
            session.output.result(item, item["message"])
            return
        session.output.line(item)
        if not session.output.as_json:
            session.output.say(item["message"])
        follow_to_the_end(session, item["job_id"])
