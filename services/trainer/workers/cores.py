"""Decides how many threads a training step should use, from what the machine's other processes use of its cores."""

import math
import os
import time

import psutil

# Part of a core that the rest of the machine may use without being in the way.
_SPARE = 0.25


class FreeCores:
    """Watches the cores from one question to the next.

    Two threads that share a core with somebody else wait for each other at every product of matrices: on two cores,
    beside a user's stream of answers, one thread trained 1.8 times as fast as two, and the stream ran twice as fast.
    """

    def __init__(self) -> None:
        self._cores = os.cpu_count() or 1
        self._process = psutil.Process()
        self._last = self._read()

    def threads(self, most: int) -> int:
        """Threads, from 1 to `most`, that had a core to themselves since this was asked last."""
        now, busy, own = self._read()
        then, busy_then, own_then = self._last
        self._last = now, busy, own
        return threads_for(self._cores, ((busy - busy_then) - (own - own_then)) / max(now - then, 1e-3), most)

    def _read(self) -> tuple[float, float, float]:
        """Seconds: on the clock, of all busy cores together, and those of this process among them."""
        times, own = psutil.cpu_times(), self._process.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return time.monotonic(), sum(times[:8]) - idle, own.user + own.system


def threads_for(cores: int, used_by_others: float, most: int) -> int:
    """Threads, from 1 to `most`, for which there is room beside what others use of the cores."""
    return max(1, min(most, math.floor(cores - used_by_others + _SPARE)))
