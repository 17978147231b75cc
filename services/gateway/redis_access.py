"""Opens Redis for the gateway and turns its failures into Unavailable. Knows nothing of what is stored."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError

from services.common.errors import Unavailable

CALL_TIMEOUT_SECONDS = 5.0

_CONNECT_TIMEOUT_SECONDS = 2.0
_RETRY_PAUSE_SECONDS = 0.1
# Everyone who watches a lesson holds one; Redis itself allows 10,000 clients.
_MAX_CONNECTIONS = 4000


def open_redis(url: str) -> Redis:
    """Connect lazily to `url`; one retry bridges a connection that a restarted Redis has dropped."""
    client: Redis = Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,
        socket_timeout=CALL_TIMEOUT_SECONDS,
        max_connections=_MAX_CONNECTIONS,
        socket_connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        retry=Retry(ConstantBackoff(_RETRY_PAUSE_SECONDS), retries=1),
    )
    client.connection_pool.connection_class = keeping_cancels(client.connection_pool.connection_class)
    return client


def keeping_cancels(connection_class: type[AbstractConnection]) -> type[AbstractConnection]:
    """`connection_class`, with which no cancel of a task is lost.

    redis-py sends inside asyncio.wait_for, which before Python 3.12 swallows a cancel that comes when all is sent just
    then (python/cpython#86296); a worker that was told to end would go on.
    """

    class KeepingCancels(connection_class):  # type: ignore[valid-type, misc]
        async def send_packed_command(self, *args: Any, **options: Any) -> None:
            task = asyncio.current_task()
            cancels = task.cancelling() if task else 0
            await super().send_packed_command(*args, **options)
            if task and task.cancelling() > cancels:
                # The answer to what was sent would be taken for that to the next command.
                await self.disconnect(nowait=True)
                raise asyncio.CancelledError

    return KeepingCancels


@contextmanager
def reaching_redis() -> Iterator[None]:
    """Inside, a Redis that fails or cannot be reached raises Unavailable."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable("Redis cannot be reached; try again in a moment.") from error
