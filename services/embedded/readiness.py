"""Asks services whether they are ready: gRPC health, HTTP, or Redis PING. Knows nothing of processes."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.rpc.probe import is_serving

_POLL_SECONDS = 0.2
_CALL_TIMEOUT_SECONDS = 2.0

ReadinessCheck = Callable[[], Awaitable[bool]]


async def wait_until(check: ReadinessCheck) -> None:
    """Return as soon as `check` says yes."""
    while not await check():  # noqa: ASYNC110 - another process becomes ready, no event tells
        await asyncio.sleep(_POLL_SECONDS)


def grpc_health(address: str) -> ReadinessCheck:
    """A check that passes when the gRPC server at `host:port` reports SERVING."""

    return lambda: is_serving(address)


def http_ok(host: str, port: int, path: str) -> ReadinessCheck:
    """A check that passes when `GET path` answers 200."""

    async def check() -> bool:
        try:
            async with asyncio.timeout(_CALL_TIMEOUT_SECONDS):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                    status_line = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
        return status_line.split(b" ")[1:2] == [b"200"]

    return check


def redis_ping(url: str) -> ReadinessCheck:
    """A check that passes when Redis answers and has loaded its data."""

    async def check() -> bool:
        client = Redis.from_url(url, socket_timeout=_CALL_TIMEOUT_SECONDS)
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()

    return check
