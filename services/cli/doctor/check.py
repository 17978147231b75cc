"""What a check finds."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How bad it is: `warn` works, but not as well as it could."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """What was `found` of one thing, and what to do about it."""

    name: str
    state: CheckState
    found: str
    advice: str = ""

    def body(self) -> dict[str, str | None]:
        """The same for JSON."""
        return {**asdict(self), "advice": self.advice or None}


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, CheckState.OK, found)


def warn(name: str, found: str, advice: str) -> Check:
    """It works, but not as well as it could."""
    return Check(name, CheckState.WARN, found, advice)


def fail(name: str, found: str, advice: str) -> Check:
    """It does not work."""
    return Check(name, CheckState.FAIL, found, advice)
