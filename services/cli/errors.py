"""The failures that the command line reports, each with its exit code and a constant name for scripts."""


class CommandError(Exception):
    """The command failed; `message` tells a person what happened and what to do, `code` tells a script."""

    exit_code = 1
    code = "failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.field: str | None = None


class WrongUse(CommandError):
    """What was asked for makes no sense, or a setting is wrong."""

    exit_code = 2
    code = "wrong_use"


class Unreachable(CommandError):
    """Nobody answers at the address, or the connection broke off."""

    exit_code = 3
    code = "not_running"


class Refused(CommandError):
    """Lorelei answered with an error: an HTTP `status` (0: what answers is not Lorelei), its `code` and `field`."""

    def __init__(self, message: str, status: int = 0, code: str = "refused", field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.field = status, code, field
