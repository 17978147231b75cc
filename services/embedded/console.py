"""Tells the person at the terminal what the launcher does. Decides nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Console:
    """Writes one line per event, at once, so that it reads well in a terminal and in a file."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, line: str = "") -> None:
        """Write one line."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def ready(self, name: str, seconds: float) -> None:
        """Say that one part is ready."""
        self.say(f"  ready  {name:<18}{seconds:6.1f} s")

    def warn(self, line: str) -> None:
        """Say that something went wrong that the launcher puts right by itself."""
        self.say(f"  note   {line}")

    @contextmanager
    def step(self, name: str, expectation: str) -> Iterator[None]:
        """Say that a long step begins and, if it succeeds, how long it took."""
        self.say(f"  …      {name} ({expectation})")
        started = time.monotonic()
        yield
        self.ready(name, time.monotonic() - started)
