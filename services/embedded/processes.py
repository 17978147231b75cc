"""Starts commands under keepers, each with a log file of its own, and stops them. Does not know when to restart one."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.embedded import keeper

_KEEPER = Path(keeper.__file__)
_TAIL_BYTES = 8192
# The keeper kills at the end of the grace time and then reaps for at most ten seconds.
_KEEPER_LIMIT_SECONDS = 15.0


@dataclass(frozen=True)
class Command:
    """What to run: a name for people, the program with its arguments, what to add to the environment, where to log."""

    name: str
    arguments: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def log_tail(self, lines: int = 15) -> str:
        """The last `lines` lines of the log; empty when there is none."""
        try:
            with self.log.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(file.tell() - _TAIL_BYTES, 0))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


class KeptProcess:
    """A running command; nothing it starts survives it, the launcher, or `stop`."""

    def __init__(self, process: asyncio.subprocess.Process, room: "ProcessRoom") -> None:
        self._process = process
        self._room = room

    async def wait(self) -> int:
        """Wait for the end of the command and all it started; return its exit code."""
        exit_code = await self._process.wait()
        await self._room.forget(self._process.pid, killed=exit_code < 0)
        return exit_code

    async def stop(self) -> None:
        """Ask the command to end, kill it and all it started after the grace time, and wait until that is done."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(), self._room.grace_seconds + _KEEPER_LIMIT_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.wait()

    def hurry(self) -> None:
        """End the grace time of a `stop` that waits."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            self._process.send_signal(number)


class ProcessRoom:
    """Holds all kept processes of one launcher; their keepers inherit the file descriptor `lock`."""

    def __init__(self, lock: int, grace_seconds: float) -> None:
        self.grace_seconds = grace_seconds
        self._lock = lock
        self._keepers: set[int] = set()
        # A sweep must not meet a keeper that has started but is not in the set yet.
        self._changing = asyncio.Lock()
        keeper.adopt_orphans()

    async def start(self, command: Command) -> KeptProcess:
        """Start `command` in a session of its own, so that Ctrl-C reaches the launcher only.

        Raises OSError when there is no process to be had.
        """
        async with self._changing:
            with command.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", "-S", str(_KEEPER), str(os.getpid()), str(self.grace_seconds)),
                    *command.arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # A folder `services` where the launcher was started must not be taken for ours.
                    env={**os.environ, "PYTHONSAFEPATH": "1", **command.environment},
                    start_new_session=True,
                    pass_fds=(self._lock,),
                )
            self._keepers.add(process.pid)
        return KeptProcess(process, self)

    async def forget(self, keeper_pid: int, *, killed: bool) -> None:
        """Note that a keeper has ended; one that was killed left its processes to this one, which kills them."""
        async with self._changing:
            self._keepers.discard(keeper_pid)
            if killed:
                keeper.kill_descendants(frozenset(self._keepers))
