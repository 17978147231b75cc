"""`lorelei jobs`: what is being learned, and what came of it."""

from typing import Annotated

import typer

from services.cli.completion import complete_job
from services.cli.context import connected
from services.cli.following import closing_of, follow_to_the_end
from services.cli.showing.tables import jobs_table

app = typer.Typer()
jobs_app = typer.Typer(help="List, show, follow and cancel learn jobs.", invoke_without_command=True)
app.add_typer(jobs_app, name="jobs", rich_help_panel="Teach and talk")

Job = Annotated[str, typer.Argument(help="Id of a job, which is that of its lesson.", autocompletion=complete_job)]


@jobs_app.callback()
def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most jobs to list.")] = 20,
) -> None:
    """List your latest jobs, or do something with one."""
    if context.invoked_subcommand is None:
        with connected(context) as session:
            body = session.client.jobs(limit)
            session.output.result(body, jobs_table(body["data"]) if body["data"] else "Nothing was learned yet.")


@jobs_app.command()
def show(context: typer.Context, job: Job) -> None:
    """Show one job as it stands."""
    with connected(context) as session:
        body = session.client.job(job)
        if body["finished_at"] and not session.output.as_json:
            session.output.people.print(closing_of(session, body), highlight=False)
        else:
            session.output.result(body, f"{body['state']} {body['progress']} %")


@jobs_app.command()
def follow(context: typer.Context, job: Job) -> None:
    """Watch a job to its end; exit code 0 only when its version is live."""
    with connected(context) as session:
        follow_to_the_end(session, job)


@jobs_app.command()
def cancel(context: typer.Context, job: Job) -> None:
    """Ask for a job's end. One that has ended stays as it is."""
    with connected(context) as session:
        body = session.client.cancel(job)
        said = f"It has ended already: {body['state']}." if body["finished_at"] else "It ends in a moment."
        session.output.result(body, said)
