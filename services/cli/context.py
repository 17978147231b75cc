"""What a command works with: who asks where, the client for it, and where results go."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.errors import WrongUse
from services.cli.output import Output

if TYPE_CHECKING:
    from services.cli.client import LoreleiClient
    from services.cli.settings import CliSettings

_PANEL = "With every command"


@dataclass
class Given:
    """The options that may stand before or after any command."""

    server: str | None = None
    user: str | None = None
    api_key: str | None = None
    as_json: bool = False


@dataclass(frozen=True)
class Session:
    """A command's connection and its output."""

    client: "LoreleiClient"
    output: Output


def _keep(context: typer.Context, parameter: typer.CallbackParam, value: object) -> None:
    # Called for every command of the line, also for those that the option does not stand at.
    given = context.ensure_object(Given)
    if value:
        setattr(given, str(parameter.name), value)


def _everywhere(*names: str, help: str) -> Any:  # noqa: A002 - as typer calls it
    return typer.Option(*names, help=help, callback=_keep, expose_value=False, rich_help_panel=_PANEL)


def options(
    context: typer.Context,
    server: Annotated[str | None, _everywhere(help="Base URL of Lorelei, else LORELEI_URL, else this machine.")] = None,
    user: Annotated[str | None, _everywhere(help="End user whose model is meant, else LORELEI_USER.")] = None,
    api_key: Annotated[str | None, _everywhere(help="API key, else LORELEI_API_KEY, else the home's.")] = None,
    as_json: Annotated[
        bool, _everywhere("--json", help="Print JSON, for programs; lines of it where something is watched.")
    ] = False,
) -> None:
    """Declare the options that every command has."""


def is_everywhere(parameter: Any) -> bool:
    """Whether a parameter of the root command belongs to every command."""
    return getattr(parameter, "rich_help_panel", None) == _PANEL


def output_of(context: typer.Context) -> Output:
    """Where the command's results go."""
    return Output(as_json=context.ensure_object(Given).as_json)


def settings_of(context: typer.Context) -> "CliSettings":
    """The settings, with what the options override; raises WrongUse for one that is wrong."""
    from pydantic import SecretStr, ValidationError

    from services.cli.settings import CliSettings

    given = context.ensure_object(Given)
    key = SecretStr(given.api_key) if given.api_key is not None else None
    overridden = {"url": given.server, "user": given.user, "api_key": key}
    try:
        settings = CliSettings()
    except ValidationError as error:
        problems = (f"LORELEI_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}." for one in error.errors())
        raise WrongUse("\n".join(problems)) from error
    return settings.model_copy(update={name: value for name, value in overridden.items() if value is not None})


@contextmanager
def connected(context: typer.Context) -> Iterator[Session]:
    """A session of the user whom settings and options name."""
    with opened(context, settings_of(context)) as session:
        yield session


@contextmanager
def opened(context: typer.Context, settings: "CliSettings") -> Iterator[Session]:
    """A session with these settings."""
    # Only commands that talk to Lorelei need it; help and completion are quicker without.
    from services.cli.client import LoreleiClient

    with LoreleiClient(settings.base_url(), settings.key(), settings.user, settings.learn_timeout_seconds) as client:
        yield Session(client, output_of(context))
