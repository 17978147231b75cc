"""The `lorelei` command: parses the command line, calls the client, reports errors, sets the exit code."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.console import Console

from services.cli.chat import converse
from services.cli.client import LearnUpdate, LoreleiClient
from services.cli.errors import CommandError
from services.cli.progress import LearnBar
from services.cli.settings import CliSettings
from services.cli.tables import adapters_table, audit_table, feedback_table, jobs_table

_EXIT_CODES = "Exit codes: 0 done, 1 refused or not learned, 2 wrong use, 3 Lorelei is not running, 130 interrupted."
_INTERRUPTED = 130

app = typer.Typer(
    help="Teach a language model while you chat with it.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
)
adapters_app = typer.Typer(help="List, activate and delete your adapter versions.", invoke_without_command=True)
app.add_typer(adapters_app, name="adapters")
feedback_app = typer.Typer(help="Rate and correct answers, and list that.", invoke_without_command=True)
app.add_typer(feedback_app, name="feedback")

Completion = Annotated[str, typer.Argument(help="Id of the completion that answered, or last.")]
Reason = Annotated[str, typer.Option(help="What was good or wrong about it.")]

_out = Console()
_err = Console(stderr=True)


@app.callback()
def options(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Base URL of Lorelei, else LORELEI_URL, else this machine.")] = None,
    user: Annotated[str | None, typer.Option(help="End user whose model is meant, else LORELEI_USER.")] = None,
    api_key: Annotated[str | None, typer.Option(help="API key, else LORELEI_API_KEY, else the home's.")] = None,
) -> None:
    """Teach a language model while you chat with it."""
    given = {"url": url, "user": user, "api_key": SecretStr(api_key) if api_key is not None else None}
    context.obj = CliSettings().model_copy(update={name: value for name, value in given.items() if value is not None})


@app.command("up")
def start() -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    # Only this command needs the launcher; the others start faster without it.
    from services.embedded.__main__ import main as run_launcher

    raise typer.Exit(run_launcher())


@app.command()
def chat(
    context: typer.Context,
    model: Annotated[str, typer.Option(help="lorelei, lorelei:base or lorelei:VERSION.")] = "lorelei",
) -> None:
    """Talk; begin a message with [Learn] to teach."""
    with _client(context) as client:
        client.me()
        converse(client, _out, model)


@app.command()
def learn(context: typer.Context, statement: Annotated[str, typer.Argument(help="What to learn.")]) -> None:
    """Teach one thing and wait until it is known; exit code 0 only when the new version is live."""
    with _client(context) as client:
        _learn_to_the_end(client, client.learn(statement))


def _learn_to_the_end(client: LoreleiClient, job_id: str) -> None:
    """Show a lesson's progress and say what came of it; raises CommandError when it is not learned."""
    try:
        final = _watch(client, job_id)
    except KeyboardInterrupt:
        _err.print(f"{job_id} goes on; see `lorelei status`.")
        raise
    if final.state != "LIVE":
        raise CommandError(" ".join([f"Not learned ({final.state}); your model is unchanged.", *final.reasons]))
    _out.print(f"Learned: version {final.version} is live.", highlight=False, soft_wrap=True)


def _watch(client: LoreleiClient, job_id: str) -> LearnUpdate:
    """Show a lesson's progress up to its end, and return that."""
    with LearnBar(_out) as bar:
        for update in client.learn_updates(job_id):
            bar.show(update)
    return update


@adapters_app.callback()
def list_adapters(context: typer.Context) -> None:
    """List your adapter versions; a star marks the one that serves."""
    if context.invoked_subcommand is None:
        with _client(context) as client:
            _out.print(adapters_table(client.adapters()))


@adapters_app.command()
def activate(context: typer.Context, version: Annotated[str, typer.Argument(help="A version, or base.")]) -> None:
    """Let a version (or base, the untaught model) serve you."""
    with _client(context) as client:
        client.activate(version)
    _out.print(f"{version} serves you now.", highlight=False)


@adapters_app.command()
def delete(context: typer.Context, version: Annotated[str, typer.Argument(help="A version.")]) -> None:
    """Delete a version that does not serve you."""
    with _client(context) as client:
        client.delete(version)
    _out.print(f"{version} is deleted.", highlight=False)


@feedback_app.callback()
def list_feedback(context: typer.Context) -> None:
    """List your latest feedback and what became of it."""
    if context.invoked_subcommand is None:
        with _client(context) as client:
            _out.print(feedback_table(client.feedback()))


@feedback_app.command()
def up(context: typer.Context, completion: Completion = "last", reason: Reason = "") -> None:
    """Call an answer good."""
    _give_feedback(context, completion, rating="up", reason=reason)


@feedback_app.command()
def down(
    context: typer.Context,
    completion: Completion = "last",
    reason: Reason = "",
    harmful: Annotated[bool, typer.Option("--harmful", help="Report it to the operator.")] = False,
) -> None:
    """Call an answer bad."""
    _give_feedback(context, completion, rating="down", reason=reason, harmful=harmful)


@feedback_app.command()
def correct(
    context: typer.Context,
    correction: Annotated[str, typer.Argument(help="What should have been answered.")],
    completion: Completion = "last",
    reason: Reason = "",
    now: Annotated[bool, typer.Option("--now", help="Learn it now, and wait until it is known.")] = False,
) -> None:
    """Say what an answer should have been, so that it is learned; with --now like `lorelei learn`."""
    _give_feedback(context, completion, correction=correction, reason=reason, learn_now=now)


def _give_feedback(context: typer.Context, completion: str, **verdict: Any) -> None:
    with _client(context) as client:
        item = client.give_feedback(completion, verdict)
        _out.print(item["message"], markup=False, highlight=False, soft_wrap=True)
        if verdict.get("learn_now") and item["job_id"]:
            _learn_to_the_end(client, item["job_id"])


@app.command()
def status(context: typer.Context) -> None:
    """Show the services' readiness, your active version and your latest lessons; exit code 1 unless all is ready."""
    with _client(context) as client:
        is_ready = _show_readiness(client)
        _out.print(f"active version: {client.me()['active_version'] or 'base'}", highlight=False)
        jobs = client.jobs()
        if jobs:
            _out.print(jobs_table(jobs))
    if not is_ready:
        raise typer.Exit(1)


@app.command()
def audit(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most entries to show.")] = 20,
    after: Annotated[str, typer.Option(help="Id of the last entry shown before.")] = "",
) -> None:
    """For the operator: lessons that were refused and answers that were reported, of all tenants, newest first.

    The key is that in LORELEI_OPERATOR_KEY, else the home's.
    """
    with _client_with(context.obj.operators()) as client:
        _out.print(audit_table(client.audit(limit, after)))


def _show_readiness(client: LoreleiClient) -> bool:
    states = client.readiness()
    for name, state in states.items():
        _out.print(f"{name:<12}{state}", highlight=False)
    return all(state == "ready" for state in states.values())


def _client(context: typer.Context) -> AbstractContextManager[LoreleiClient]:
    return _client_with(context.obj)


@contextmanager
def _client_with(settings: CliSettings) -> Iterator[LoreleiClient]:
    with LoreleiClient(settings.base_url(), settings.key(), settings.user, settings.learn_timeout_seconds) as client:
        yield client


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(standalone_mode=True)
    except CommandError as error:
        _err.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
