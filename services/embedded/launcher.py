"""The course of `lorelei up`: prepare, start, wait until ready, serve, drain. Knows no service's settings."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from services.common.errors import FailedPrecondition
from services.embedded.console import Console
from services.embedded.place import Place
from services.embedded.processes import Command, ProcessRoom
from services.embedded.supervisor import Service, Supervisor


@dataclass(frozen=True)
class Preparation:
    """A command to run once, before any service starts; `expectation` tells people how long it takes."""

    command: Command
    expectation: str


@dataclass(frozen=True)
class Plan:
    """What to run.

    Stages start one after the other, the services of a stage side by side. `stop_order` holds groups of service
    names; a group is told to stop when the one before it has ended.
    """

    preparations: list[Preparation]
    stages: list[list[Service]]
    stop_order: list[set[str]]
    place: Place


class Launcher:
    """Runs a plan until `request_stop`; whatever happens, nothing that it started is left afterwards."""

    def __init__(self, plan: Plan, room: ProcessRoom, console: Console, ready_timeout_seconds: float) -> None:
        self._plan = plan
        self._room = room
        self._console = console
        self._ready_timeout_seconds = ready_timeout_seconds
        self._supervisors: list[Supervisor] = []
        self._runs: set[asyncio.Task[None]] = set()
        self._stop_requested = asyncio.Event()

    def request_stop(self) -> None:
        """Begin to drain; a second request ends the wait for services that still drain."""
        if not self._stop_requested.is_set():
            self._console.say("Stopping … (once more: at once)")
            self._stop_requested.set()
            return
        for supervisor in self._supervisors:
            supervisor.hurry()

    async def run(self) -> None:
        """Serve until a stop is requested; raise the FailedPrecondition that made it impossible to start or go on."""
        work = asyncio.create_task(self._serve())
        stop = asyncio.create_task(self._stop_requested.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        work.cancel()
        await asyncio.wait({work})
        await self._drain()
        with suppress(asyncio.CancelledError):
            work.result()

    async def _serve(self) -> None:
        for preparation in self._plan.preparations:
            await self._prepare(preparation)
        started = time.monotonic()
        for stage in self._plan.stages:
            await self._start(stage)
        self._console.announce(self._plan.place, time.monotonic() - started)
        await self._first_failure()

    async def _prepare(self, preparation: Preparation) -> None:
        command = preparation.command
        with self._console.step(command.name, preparation.expectation):
            process = await self._room.start(command)
            try:
                exit_code = await process.wait()
            except asyncio.CancelledError:
                await process.stop()
                raise
            if exit_code != 0:
                raise FailedPrecondition(
                    f"{command.name} failed (exit code {exit_code}). "
                    f"The end of its log, {command.log}:\n{command.log_tail()}"
                )

    async def _start(self, stage: list[Service]) -> None:
        """Start the services of one stage; return when all are ready, or raise FailedPrecondition."""
        supervisors = [Supervisor(service, self._room, self._console) for service in stage]
        self._supervisors.extend(supervisors)
        self._runs.update(asyncio.create_task(supervisor.run()) for supervisor in supervisors)
        ready = asyncio.create_task(_all_ready(supervisors))
        failure = asyncio.create_task(self._first_failure())
        try:
            done, _ = await asyncio.wait(
                {ready, failure}, timeout=self._ready_timeout_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ready.cancel()
            failure.cancel()
        if failure in done:
            failure.result()
        if not done:
            late = ", ".join(supervisor.name for supervisor in supervisors if not supervisor.became_ready.is_set())
            raise FailedPrecondition(
                f"Not ready after {self._ready_timeout_seconds:.0f} s: {late}. The logs may say why."
            )

    async def _first_failure(self) -> None:
        """Wait until a service fails for good, and raise its error."""
        done, _ = await asyncio.wait(self._runs, return_when=asyncio.FIRST_COMPLETED)
        for run in done:
            run.result()

    async def _drain(self) -> None:
        for names in self._plan.stop_order:
            group = [supervisor for supervisor in self._supervisors if supervisor.name in names]
            await asyncio.gather(*(supervisor.stop() for supervisor in group))
        await asyncio.gather(*self._runs, return_exceptions=True)


async def _all_ready(supervisors: list[Supervisor]) -> None:
    for supervisor in supervisors:
        await supervisor.became_ready.wait()
