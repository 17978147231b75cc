"""Small real commands that stand for services: they report readiness, drain, and fail, as told."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from services.embedded.console import Console
from services.embedded.processes import Command, ProcessRoom
from services.embedded.supervisor import Service

MakeService = Callable[..., Service]
Started = Callable[[], list[psutil.Process]]

_PROGRAM = """
import pathlib, signal, sys, time
folder, name, script = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def note(event):
    with (folder / "events").open("a") as file:
        file.write(f"{name} {event}\\n")
def drain(*_):
    note("drained")
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
note("started")
exec(script)
"""
SERVE = "(folder / f'{name}.ready').touch(); time.sleep(600)"


@pytest.fixture
def started() -> Started:
    """What this process has started since the test began and what still runs; other tests' servers do not count."""
    before = set(psutil.Process().children())
    return lambda: [child for child in psutil.Process().children() if child not in before]


@pytest.fixture
def output() -> io.StringIO:
    """What the person at the terminal reads."""
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    """A console that writes to `output`."""
    return Console(output)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ProcessRoom]:
    """A room whose lock is a plain file."""
    with (tmp_path / "lock").open("w") as lock:
        yield ProcessRoom(lock.fileno(), grace_seconds=20)


@pytest.fixture
def make_command(tmp_path: Path) -> Callable[[str, str], Command]:
    """Make a command that runs a line of Python, with `folder`, `name` and `note` at hand."""

    def make(name: str, script: str) -> Command:
        arguments = [sys.executable, "-c", _PROGRAM, str(tmp_path), name, script]
        return Command(name, arguments, tmp_path / f"{name}.log")

    return make


@pytest.fixture
def make_service(tmp_path: Path, make_command: Callable[[str, str], Command]) -> MakeService:
    """Make a service that is ready when its file `NAME.ready` exists."""

    def make(name: str, script: str = SERVE) -> Service:
        async def ready() -> bool:
            return (tmp_path / f"{name}.ready").exists()

        return Service(make_command(name, script), ready)

    return make


@pytest.fixture
def events(tmp_path: Path) -> Callable[[], list[str]]:
    """What the commands noted, in order."""
    return lambda: (tmp_path / "events").read_text().splitlines() if (tmp_path / "events").exists() else []
