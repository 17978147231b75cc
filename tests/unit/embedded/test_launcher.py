"""The course of `lorelei up`, with small commands in the place of the services."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition
from services.embedded.console import Console
from services.embedded.launcher import Launcher, Plan, Preparation
from services.embedded.place import Place
from services.embedded.processes import Command, ProcessRoom
from services.embedded.supervisor import Service
from tests.unit.embedded.conftest import MakeService, Started

Events = Callable[[], list[str]]
MakeCommand = Callable[[str, str], Command]
PLACE = Place("http://127.0.0.1", Path("/home/api_key"), Path("/home/logs"))


def _plan(*stages: list[Service], preparations: list[Preparation] | None = None) -> Plan:
    return Plan(preparations or [], list(stages), [{"gateway"}, {"trainer"}, {"redis"}], PLACE)


async def _until_ready(output: io.StringIO) -> None:
    async with asyncio.timeout(30):
        while "Page" not in output.getvalue():
            await asyncio.sleep(0.01)


async def test_everything_starts_by_stages_and_drains_in_order(
    started: Started,
    make_service: MakeService,
    make_command: MakeCommand,
    room: ProcessRoom,
    console: Console,
    output: io.StringIO,
    events: Events,
) -> None:
    preparation = Preparation(make_command("model", "note('prepared')"), "about 1 s, once")
    stages = [[make_service("redis")], [make_service("trainer"), make_service("gateway")]]
    launcher = Launcher(_plan(*stages, preparations=[preparation]), room, console, 30)
    running = asyncio.create_task(launcher.run())
    await _until_ready(output)
    launcher.request_stop()
    await running
    assert events()[:3] == ["model started", "model prepared", "redis started"]
    assert sorted(events()[3:5]) == ["gateway started", "trainer started"]
    assert events()[5:] == ["gateway drained", "trainer drained", "redis drained"]
    assert started() == []


async def test_a_stop_while_preparing_ends_the_preparation(
    make_command: MakeCommand, room: ProcessRoom, console: Console, events: Events
) -> None:
    preparation = Preparation(make_command("model", "time.sleep(600)"), "about 25 s, once")
    launcher = Launcher(_plan(preparations=[preparation]), room, console, 30)
    running = asyncio.create_task(launcher.run())
    async with asyncio.timeout(30):
        while events() != ["model started"]:
            await asyncio.sleep(0.01)
    launcher.request_stop()
    await running
    assert events() == ["model started", "model drained"]


async def test_a_failed_preparation_starts_nothing_and_says_why(
    make_service: MakeService, make_command: MakeCommand, room: ProcessRoom, console: Console, events: Events
) -> None:
    preparation = Preparation(make_command("model", "sys.exit('No space left on device')"), "about 25 s, once")
    plan = _plan([make_service("redis")], preparations=[preparation])
    with pytest.raises(FailedPrecondition, match=r"(?s)model failed.*No space left on device"):
        await Launcher(plan, room, console, 30).run()
    assert events() == ["model started"]


async def test_a_service_that_cannot_start_stops_the_others(
    started: Started, make_service: MakeService, room: ProcessRoom, console: Console, events: Events
) -> None:
    plan = _plan([make_service("redis")], [make_service("gateway", "sys.exit('broken setting')")])
    with pytest.raises(FailedPrecondition, match=r"(?s)gateway does not start.*broken setting"):
        await Launcher(plan, room, console, 30).run()
    assert events()[-1] == "redis drained"
    assert started() == []


async def test_a_service_that_is_never_ready_is_named(
    started: Started, make_service: MakeService, room: ProcessRoom, console: Console
) -> None:
    plan = _plan([make_service("redis"), make_service("trainer", "time.sleep(600)")])
    with pytest.raises(FailedPrecondition, match="Not ready after 1 s: trainer"):
        await Launcher(plan, room, console, ready_timeout_seconds=1).run()
    assert started() == []


async def test_a_second_stop_does_not_wait_for_a_service_that_hangs(
    started: Started,
    make_service: MakeService,
    room: ProcessRoom,
    console: Console,
    output: io.StringIO,
    events: Events,
) -> None:
    hangs = "signal.signal(signal.SIGTERM, lambda *_: note('hangs')); (folder / f'{name}.ready').touch()\n"
    hangs += "while True: time.sleep(600)"
    launcher = Launcher(_plan([make_service("gateway", hangs)]), room, console, 30)
    running = asyncio.create_task(launcher.run())
    await _until_ready(output)
    launcher.request_stop()
    async with asyncio.timeout(10):
        while "gateway hangs" not in events():
            await asyncio.sleep(0.01)
        launcher.request_stop()
        await running
    assert started() == []
