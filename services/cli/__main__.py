"""The `lorelei` command: runs the command line, reports errors, sets the exit code."""

import sys

import typer

from services.cli.app import command_tree
from services.cli.errors import CommandError, WrongUse
from services.cli.output import Output

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    # Looked for by hand, because a line that cannot be parsed must be complained of in JSON too.
    output = Output(as_json="--json" in sys.argv)
    try:
        sys.exit(_run(output))
    except CommandError as error:
        _report(output, error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _run(output: Output) -> int:
    tree = command_tree()
    if not output.as_json:
        tree.main(prog_name="lorelei")
    try:
        return tree.main(prog_name="lorelei", standalone_mode=False) or 0
    except typer.TyperException as error:
        raise WrongUse(error.format_message()) from error


def _report(output: Output, error: CommandError) -> None:
    if not output.as_json:
        output.complain(error.message)
        return
    told = {"message": error.message, "code": error.code, "param": error.field, "exit_code": error.exit_code}
    output.line({"error": told})


if __name__ == "__main__":
    main()
