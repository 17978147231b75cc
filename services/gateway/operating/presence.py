"""Lets the gateways see each other: each says again and again that it is there, and what it uses."""

import asyncio
import json
import time
from dataclasses import asdict
from typing import Any

import structlog
from redis.asyncio import Redis

from services.common.errors import Unavailable
from services.common.resources import Gpu, Resources, measure_resources
from services.gateway.operating.fleet import Replica
from services.gateway.redis_access import reaching_redis

_log = structlog.get_logger(__name__)

_PRESENT = "gateways"
_BEAT_SECONDS = 10.0
_MISSED_BEATS = 2


class Presence:
    """This gateway, called `name`, among all that share a Redis."""

    def __init__(self, redis: Redis, name: str) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._name = name

    async def run(self) -> None:
        """Tell until cancelled, and then be gone; outlasts outages of Redis."""
        try:
            while True:
                try:
                    await self.tell()
                except Unavailable:
                    _log.warning("presence_not_told")
                await asyncio.sleep(_BEAT_SECONDS)
        finally:
            with reaching_redis():
                await self._redis.hdel(_PRESENT, self._name)

    async def tell(self) -> None:
        """Say that this gateway is there, and what it uses now. Raises Unavailable."""
        told = {"at": time.time(), "resources": asdict(await measure_resources())}
        with reaching_redis():
            await self._redis.hset(_PRESENT, self._name, json.dumps(told))

    async def gateways(self) -> list[Replica]:
        """All gateways that were there of late, by name. Raises Unavailable."""
        with reaching_redis():
            found = {name: json.loads(told) for name, told in (await self._redis.hgetall(_PRESENT)).items()}
            silent = [name for name, told in found.items() if told["at"] < time.time() - _MISSED_BEATS * _BEAT_SECONDS]
            if silent:
                await self._redis.hdel(_PRESENT, *silent)
        return [Replica(name, True, _resources(found[name])) for name in sorted(found.keys() - set(silent))]


def _resources(told: dict[str, Any]) -> Resources:
    data = told["resources"]
    return Resources(**{**data, "gpus": tuple(Gpu(**gpu) for gpu in data["gpus"])})
