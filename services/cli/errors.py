"""The failures that the command line reports, each with its exit code."""


class CommandError(Exception):
    """The command failed; `message` tells a person what happened and what to do."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unreachable(CommandError):
    """Nobody answers at the address, or the connection broke off."""

    exit_code = 3


class Refused(CommandError):
    """Lorelei answered with an error."""
