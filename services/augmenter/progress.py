"""How far a build is, for people who wait for it. Knows nothing of what is built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# First and last share of the whole build of each stage.
_SHARES = {"reading": (0.0, 0.1), "generating": (0.1, 0.3), "answering": (0.3, 1.0)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is; `fraction` in [0, 1], and all figures that were told so far, such as pages read."""

    stage: str
    fraction: float
    figures: Mapping[str, int] = field(default_factory=dict)


class Report(Protocol):
    """Hears the share of a stage that is done, in [0, 1], and figures to show by name."""

    def __call__(self, share: float, /, **figures: int) -> None:
        """Tell those who wait."""


class Stages:
    """Turns what the stages of one build report into the progress of the whole."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._figures: dict[str, int] = {}

    def stage(self, name: str) -> Report:
        """For `name`, which is one of "reading", "generating" and "answering"."""
        first, last = _SHARES[name]

        def report(share: float, /, **figures: int) -> None:
            self._figures |= figures
            self._report(Progress(name, first + (last - first) * min(share, 1.0), dict(self._figures)))

        return report
