"""Keeps one service running: starts it, reports when it is ready, restarts it when it ends, stops it when asked."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from services.common.errors import FailedPrecondition
from services.embedded.console import Console
from services.embedded.processes import Command, KeptProcess, ProcessRoom
from services.embedded.readiness import ReadinessCheck, wait_until

_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_FAILED_STARTS_ALLOWED = 3


@dataclass(frozen=True)
class Service:
    """A command that is to run for as long as Lorelei does, and the check that says it is ready."""

    command: Command
    ready: ReadinessCheck


class Supervisor:
    """Runs one service until `stop`; a run that ends is followed by another, after a growing pause."""

    def __init__(self, service: Service, room: ProcessRoom, console: Console) -> None:
        self.name = service.command.name
        self.became_ready = asyncio.Event()
        self._service = service
        self._room = room
        self._console = console
        self._process: KeptProcess | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Keep the service running; return after `stop`.

        Raises FailedPrecondition, with the end of its log, when it ended three times in a row without becoming ready.
        """
        failed_starts = 0
        backoff_seconds = _FIRST_BACKOFF_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            exit_code, was_ready = await self._run_once()
            if self._stopping.is_set():
                return
            failed_starts = 0 if was_ready else failed_starts + 1
            if failed_starts == _FAILED_STARTS_ALLOWED:
                raise FailedPrecondition(self._failure(exit_code))
            if time.monotonic() - started > _STEADY_SECONDS:
                backoff_seconds = _FIRST_BACKOFF_SECONDS
            self._console.warn(f"{self.name} ended (exit code {exit_code}); starting it again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), backoff_seconds)
            backoff_seconds = min(2 * backoff_seconds, _LONGEST_BACKOFF_SECONDS)

    async def stop(self) -> None:
        """Let the service drain, and return when nothing of it is left."""
        self._stopping.set()
        if self._process:
            await self._process.stop()

    def hurry(self) -> None:
        """End the grace time of a `stop` that waits."""
        if self._stopping.is_set() and self._process:
            self._process.hurry()

    async def _run_once(self) -> tuple[int, bool]:
        """Run the service to its end; return its exit code and whether it had become ready."""
        process = await self._room.start(self._service.command)
        self._process = process
        if self._stopping.is_set():
            await process.stop()
        watch = asyncio.create_task(self._watch())
        try:
            exit_code = await process.wait()
        finally:
            watch.cancel()
            self._process = None
        return exit_code, watch.done() and not watch.cancelled()

    async def _watch(self) -> None:
        started = time.monotonic()
        await wait_until(self._service.ready)
        self._console.ready(self.name, time.monotonic() - started)
        self.became_ready.set()

    def _failure(self, exit_code: int) -> str:
        command = self._service.command
        return (
            f"{self.name} does not start (exit code {exit_code}, {_FAILED_STARTS_ALLOWED} tries). "
            f"The end of its log, {command.log}:\n{command.log_tail()}"
        )
