"""Puts the commands together; every one of them takes the options that hold everywhere."""

from typing import Any

import typer
from typer.main import get_command

from services.cli.commands import feedback, jobs, keys, knowledge, learning, platform, versions
from services.cli.context import is_everywhere, options

_EXIT_CODES = "Exit codes: 0 done, 1 refused or not learned, 2 wrong use, 3 Lorelei is not running, 130 interrupted."

app = typer.Typer(
    name="lorelei",
    help="Teach a language model while you chat with it.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    callback=options,
)
# In the order in which help lists them.
for group in (
    platform.running,
    learning.app,
    knowledge.app,
    versions.app,
    feedback.app,
    jobs.app,
    platform.app,
    keys.app,
):
    app.add_typer(group)


def command_tree() -> Any:
    """The command with all below it."""
    tree: Any = get_command(app)
    _extend(tree, [parameter for parameter in tree.params if is_everywhere(parameter)])
    return tree


def _extend(group: Any, parameters: list[Any]) -> None:
    for command in group.commands.values():
        command.params.extend(parameters)
        if hasattr(command, "commands"):
            _extend(command, parameters)
