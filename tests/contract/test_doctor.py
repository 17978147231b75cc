"""The doctor's checks of Redis, the object store, ports and services, with real ones."""

import asyncio
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from services.cli.doctor.check import CheckState
from services.cli.doctor.running import check_addresses, check_port
from services.cli.doctor.storage import check_object_store, check_redis, check_redis_program, private_redis_url
from services.common.object_store import ObjectStoreCredentials
from services.common.rpc import RpcServer
from services.embedded.redis_server import private_redis
from tests.contract.conftest import free_port

OK, WARN, FAIL = CheckState.OK, CheckState.WARN, CheckState.FAIL
KEYS = ObjectStoreCredentials("access", SecretStr("secret-key"))


@pytest.mark.parametrize(
    ("settings", "state", "advice"),
    [
        ({"appendonly": "yes", "maxmemory-policy": "noeviction"}, OK, ""),
        ({"appendonly": "no"}, WARN, "appendonly yes"),
        ({"maxmemory-policy": "allkeys-lru"}, WARN, "noeviction"),
    ],
)
async def test_redis_is_asked_how_it_keeps_things(
    settings: dict[str, str], state: CheckState, advice: str, redis: Redis, redis_url: str
) -> None:
    before = {name: (await redis.config_get(name))[name] for name in settings}
    for name, value in settings.items():
        await redis.config_set(name, value)
    try:
        check = check_redis(redis_url)
    finally:
        for name, value in before.items():
            await redis.config_set(name, value)
    assert (check.state, advice in check.advice) == (state, True)


def test_a_redis_that_is_not_there_fails_without_showing_its_password() -> None:
    check = check_redis(f"redis://:hunter2@127.0.0.1:{free_port()}/0")
    assert (check.state, "hunter2" in check.found + check.advice) == (FAIL, False)


def test_the_private_redis_is_found_by_its_configuration(tmp_path: Path) -> None:
    assert private_redis_url(tmp_path / "redis.conf") is None
    assert check_redis_program().state is OK
    made = private_redis(tmp_path, 7777)
    assert private_redis_url(tmp_path / "redis.conf") == made.url


def test_a_store_that_keeps_an_object_is_well_and_left_empty(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    assert check_object_store(f"file://{tmp_path}/objects", None).state is OK
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


def test_a_store_that_is_not_made_yet_is_well_and_not_made(tmp_path: Path) -> None:
    assert check_object_store(f"file://{tmp_path}/objects", None).state is OK
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_speaks_s3(s3_url: str) -> None:
    assert check_object_store(s3_url, KEYS).state is OK


def test_a_store_that_cannot_keep_anything_fails(tmp_path: Path) -> None:
    (tmp_path / "objects").touch()
    assert check_object_store(f"file://{tmp_path}/objects", None).state is FAIL
    assert check_object_store("ftp://somewhere", None).state is FAIL


def test_a_taken_port_fails_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check = check_port("127.0.0.1", port)
    assert (check.state, "LORELEI_GATEWAY_PORT" in check.advice) == (FAIL, True)
    assert check_port("127.0.0.1", port).state is OK


async def test_services_are_asked_whether_they_are_ready() -> None:
    server = RpcServer()
    address = f"127.0.0.1:{await server.start('127.0.0.1', 0)}"
    addresses = {"inference": address, "trainer": f"127.0.0.1:{free_port()}"}
    try:
        starting, missing = await asyncio.to_thread(check_addresses, addresses)
        await server.set_serving(True)
        ready, _ = await asyncio.to_thread(check_addresses, addresses)
    finally:
        await server.drain(0)
    assert (starting.name, starting.state, missing.state, ready.state) == ("service inference", FAIL, FAIL, OK)
