"""Follows a job to its end, on the screen or as JSON lines, and says what came of it."""

from typing import Any

import typer
from rich.console import RenderableType

from services.cli.context import Session
from services.cli.errors import CommandError
from services.cli.showing.closing import closing_card
from services.cli.showing.progress import LearnBar


def follow_to_the_end(session: Session, job_id: str) -> None:
    """Show a job's progress and close with its card, as JSON with the job; leaves with 1 unless it is LIVE.

    Ctrl-C leaves the job alone; a person is asked whether it shall be cancelled.
    """
    job = watched_to_the_end(session, job_id)
    if job["state"] != "LIVE":
        raise typer.Exit(1)


def watched_to_the_end(session: Session, job_id: str) -> dict[str, Any]:
    """The same, but returns the job, whatever came of it."""
    if session.output.is_conversation:
        session.output.note("Ctrl-C asks whether to cancel.")
    try:
        _watch(session, job_id)
    except KeyboardInterrupt:
        _leave(session, job_id)
        raise
    return _close(session, job_id)


def _watch(session: Session, job_id: str) -> None:
    output = session.output
    with LearnBar(output.people) as bar:
        for update in session.client.learn_updates(job_id):
            bar.show(update)
            output.line({"object": "learn.event", **update.body})


def closing_of(session: Session, job: dict[str, Any]) -> RenderableType:
    """The card of a job that has ended, with what is still kept of its version and its lesson."""
    client = session.client
    version = client.kept_version(job["version"]) if job["version"] else None
    return closing_card(job, version, client.kept_lesson(job["known_lesson"] or job["id"]))


def _close(session: Session, job_id: str) -> dict[str, Any]:
    job = session.client.job(job_id)
    session.output.line(job)
    if not session.output.as_json:
        session.output.people.print(closing_of(session, job), highlight=False)
    return job


def _leave(session: Session, job_id: str) -> None:
    """Say that the job goes on, or cancel it where a person wants that."""
    client, output = session.client, session.output
    if not (output.is_conversation and _wants_to_cancel(session)):
        output.note(
            f"{job_id} goes on without being watched: `lorelei jobs follow {job_id}` shows it again, "
            f"`lorelei jobs cancel {job_id}` ends it."
        )
        return
    try:
        client.cancel(job_id)
        _watch(session, job_id)
        _close(session, job_id)
    except CommandError as error:
        output.complain(error.message)


def _wants_to_cancel(session: Session) -> bool:
    try:
        return session.output.agrees("Cancel it? Otherwise it goes on.")
    except KeyboardInterrupt:
        return False
