"""Decides how long to keep trying a step whose service is away. Knows nothing of the step."""

import time
from dataclasses import dataclass

from services.common.errors import LoreleiError


@dataclass(frozen=True)
class PatienceLimits:
    """When to give up: after so many break-offs in the middle, or after one outage of so many seconds."""

    max_break_offs: int
    outage_seconds: float
    first_pause_seconds: float = 0.25
    longest_pause_seconds: float = 5.0


class Patience:
    """Counts the failures of one step. An outage lasts from the first failure until the step goes on."""

    def __init__(self, limits: PatienceLimits) -> None:
        self._limits = limits
        self._break_offs = 0
        self._failures = 0
        self._outage_began: float | None = None

    def goes_on(self) -> None:
        """The step is being worked on."""
        if self._outage_began is not None:
            self._break_offs += 1
        self._outage_began = None
        self._failures = 0

    def pause_after(self, error: LoreleiError) -> float:
        """Seconds to wait before the next attempt; raises `error` itself when there is to be none."""
        now = time.monotonic()
        self._outage_began = self._outage_began or now
        outage_seconds = now - self._outage_began
        if self._break_offs >= self._limits.max_break_offs or outage_seconds > self._limits.outage_seconds:
            raise error
        pause = self._limits.first_pause_seconds * float(2**self._failures)
        self._failures = min(self._failures + 1, 16)
        return min(max(pause, error.retry_after_seconds or 0.0), self._limits.longest_pause_seconds)
