"""Opens Redis for the gateway and turns its failures into Unavailable. Knows nothing of what is stored."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
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
    return Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,
        socket_timeout=CALL_TIMEOUT_SECONDS,
        max_connections=_MAX_CONNECTIONS,
        socket_connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        retry=Retry(ConstantBackoff(_RETRY_PAUSE_SECONDS), retries=1),
    )


@contextmanager
def reaching_redis() -> Iterator[None]:
    """Inside, a Redis that fails or cannot be reached raises Unavailable."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable("Redis cannot be reached; try again in a moment.") from error
