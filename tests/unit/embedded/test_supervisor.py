"""A supervised service comes back when it ends, gives up when it cannot start, and stops when asked."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition
from services.embedded.console import Console
from services.embedded.processes import ProcessRoom
from services.embedded.supervisor import Supervisor
from tests.unit.embedded.conftest import MakeService, Started

Events = Callable[[], list[str]]


async def test_a_service_that_ends_is_started_again(
    make_service: MakeService, room: ProcessRoom, console: Console, output: io.StringIO, events: Events, tmp_path: Path
) -> None:
    once = f"(folder / f'{{name}}.ready').touch(); {_WAIT_FOR_KILL_ONCE}"
    supervisor = Supervisor(make_service("trainer", once), room, console)
    run = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(30):
        while not (tmp_path / "second").exists():
            await asyncio.sleep(0.02)
    await supervisor.stop()
    await run
    assert events() == ["trainer started", "trainer started", "trainer drained"]
    assert "trainer ended (exit code 9); starting it again" in output.getvalue()


_WAIT_FOR_KILL_ONCE = (
    "(time.sleep(0.5), sys.exit(9)) if not (folder / 'first').exists() and not (folder / 'first').touch() "
    "else ((folder / 'second').touch(), time.sleep(600))"
)


async def test_a_service_that_never_becomes_ready_fails_with_the_end_of_its_log(
    make_service: MakeService, room: ProcessRoom, console: Console, events: Events
) -> None:
    supervisor = Supervisor(make_service("gateway", "sys.exit('redis_url: Field required')"), room, console)
    with pytest.raises(FailedPrecondition, match=r"(?s)gateway does not start.*3 tries.*redis_url: Field required"):
        await supervisor.run()
    assert events() == ["gateway started"] * 3


async def test_stop_during_the_pause_before_a_restart_starts_nothing(
    make_service: MakeService, room: ProcessRoom, console: Console, output: io.StringIO, events: Events
) -> None:
    supervisor = Supervisor(make_service("augmenter", "sys.exit(1)"), room, console)
    run = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(30):
        while "starting it again" not in output.getvalue():
            await asyncio.sleep(0.01)
    await supervisor.stop()
    await run
    assert events() == ["augmenter started"]


async def test_a_killed_keeper_leaves_no_service_and_is_replaced(
    started: Started, make_service: MakeService, room: ProcessRoom, console: Console, events: Events
) -> None:
    supervisor = Supervisor(make_service("inference"), room, console)
    run = asyncio.create_task(supervisor.run())
    await supervisor.became_ready.wait()
    keepers = started()
    (service,) = keepers[0].children()
    keepers[0].kill()
    async with asyncio.timeout(30):
        while events().count("inference started") < 2:
            await asyncio.sleep(0.02)
    assert not service.is_running()
    await supervisor.stop()
    await run
    assert started() == []
