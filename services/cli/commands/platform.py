"""`lorelei up`, `status`, `doctor`, `bench` and `audit`: Lorelei itself."""

from typing import Annotated

import typer

from services.cli.context import connected, opened, output_of, settings_of
from services.cli.showing.tables import audit_table, jobs_table

running = typer.Typer()
app = typer.Typer()

_PANEL = "Lorelei itself"
_JOBS_SHOWN = 10


@running.command(rich_help_panel=_PANEL)
def up(context: typer.Context) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    # Only this command needs the launcher; the others start faster without it.
    from services.embedded.__main__ import main as run_launcher

    raise typer.Exit(run_launcher(as_json=output_of(context).as_json))


@app.command(rich_help_panel=_PANEL)
def status(context: typer.Context) -> None:
    """Show whether all is ready, what serves you, and your latest jobs.

    Exit code 1 unless every service is ready.
    """
    with connected(context) as session:
        services = session.client.readiness()
        version = session.client.me()["active_version"]
        jobs = session.client.jobs(_JOBS_SHOWN)["data"]
        shown = [f"{name:<12}{state}" for name, state in services.items()]
        body = {"object": "status", "services": services, "active_version": version, "jobs": jobs}
        tables = [jobs_table(jobs)] if jobs else []
        session.output.result(body, *shown, f"active version: {version or 'base'}", *tables)
    if any(state != "ready" for state in services.values()):
        raise typer.Exit(1)


@app.command(rich_help_panel=_PANEL)
def doctor(context: typer.Context) -> None:
    """Look for what is wrong, and say what to do about it.

    Settings, packages, processor, GPU, memory, disk, home, models, Redis, object store, port, services, API key: of
    this machine and of what LORELEI_* variables name. Works with nothing running. Exit code 1 if a check fails.
    """
    # Only this command needs the clients of Redis and the object store.
    from services.cli.doctor.examination import examine
    from services.cli.showing.checks import checks_table, verdict_of

    output = output_of(context)
    checks = examine(settings_of(context))
    failed = sum(check.state == "fail" for check in checks)
    body = {"object": "doctor", "healthy": not failed, "checks": [check.body() for check in checks]}
    output.result(body, checks_table(checks), verdict_of(checks))
    if failed:
        raise typer.Exit(1)


@app.command(rich_help_panel=_PANEL)
def bench(
    context: typer.Context,
    replies: Annotated[int, typer.Option(min=1, max=100, help="Replies to measure.")] = 3,
) -> None:
    """Measure how quickly Lorelei answers and learns, in about a minute.

    It does so as a user of its own, and deletes afterwards what that user was taught. Exit code 1 if the lesson was
    not known in the end.
    """
    from services.cli.bench import measure, new_user
    from services.cli.showing.figures import figures_table

    user = new_user()
    with opened(context, settings_of(context).model_copy(update={"user": user})) as session:
        body = measure(session, user, replies)
        session.output.result(body, figures_table(body))
    if not body["known"]:
        raise typer.Exit(1)


@app.command(rich_help_panel=_PANEL)
def audit(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most entries to show.")] = 20,
    after: Annotated[str, typer.Option(help="Id of the last entry shown before.")] = "",
) -> None:
    """For the operator: what was refused and reported.

    Lessons that were refused and answers that were reported, of all tenants, newest first. The key is that in
    LORELEI_OPERATOR_KEY, else the home's.
    """
    with opened(context, settings_of(context).operators()) as session:
        body = session.client.audit(limit, after)
        session.output.result(body, audit_table(body["data"]) if body["data"] else "There are no entries.")
