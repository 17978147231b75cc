"""Tells the person at the terminal what the launcher does, or a program when it is done. Decides nothing."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from services.embedded.place import Place


class Console:
    """Writes one line per event, at once, so that it reads well in a terminal and in a file.

    Where there are `documents`, one in JSON goes there: as soon as everything is ready, or when that is impossible.
    """

    def __init__(self, out: TextIO, documents: TextIO | None = None) -> None:
        self._out = out
        self._documents = documents

    def say(self, line: str = "") -> None:
        """Write one line."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def ready(self, name: str, seconds: float) -> None:
        """Say that one part is ready."""
        self.say(f"  ready  {name:<18}{seconds:6.1f} s")

    def announce(self, place: Place, seconds: float) -> None:
        """Say that everything is ready after `seconds`, and where; the key is shown to a person at a terminal only."""
        self.say(f"Lorelei is ready after {seconds:.0f} s.")
        for line in place.lines(with_key=self._documents is None and self._out.isatty()):
            self.say(line)
        self._write({"object": "platform", "seconds": round(seconds, 1), **place.body()})

    def fail(self, message: str, *, code: str, exit_code: int) -> None:
        """Say why the launcher ends."""
        self.say(message)
        self._write({"error": {"message": message, "code": code, "param": None, "exit_code": exit_code}})

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

    def _write(self, body: dict[str, object]) -> None:
        if self._documents is not None:
            self._documents.write(f"{json.dumps(body)}\n")
            self._documents.flush()
