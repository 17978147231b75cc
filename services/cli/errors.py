"""The failures that the command line reports, each with its exit code."""


class CommandError(Exception):
    """The command failed; `message` tells a person what happened and what to do."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotRunning(CommandError):
    """Nobody answers at the address."""

    exit_code = 3

    def __init__(self, url: str) -> None:
        super().__init__(f"Lorelei is not running at {url}. Start it with `lorelei up` (or `make up`).")


class Refused(CommandError):
    """Lorelei answered with an error."""
