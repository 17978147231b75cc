"""Asks the parts behind the gateway how they are."""

import asyncio
from collections.abc import Mapping
from typing import Any

import grpc
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.rpc.probe import reports_serving

_TIMEOUT_SECONDS = 2.0
_READY = "ready"
_UNAVAILABLE = "unavailable"


class PartStates:
    """The states of Redis and of the services behind `channels`."""

    def __init__(self, redis: Redis, channels: Mapping[str, grpc.aio.Channel]) -> None:
        # redis-py types PING as answering now or later.
        self._redis: Any = redis
        self._channels = channels

    async def check(self) -> dict[str, str]:
        """ "ready" or "unavailable" for each part, asked at the same time."""
        names = ["redis", *self._channels]
        answers = await asyncio.gather(self._redis_answers(), *map(reports_serving, self._channels.values()))
        return {name: _READY if fine else _UNAVAILABLE for name, fine in zip(names, answers, strict=True)}

    async def _redis_answers(self) -> bool:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await self._redis.ping()
        except (RedisError, OSError, TimeoutError):
            return False
        return True
