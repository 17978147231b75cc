"""Lets the operator hold back learning on all replicas, and go on with it. Knows nothing of HTTP."""

import time
from typing import Any

from redis.asyncio import Redis

from services.gateway.learning import scripts
from services.gateway.learning.jobs import PAUSED_STAGE, JobKind, JobState, LearnEvent, event_to_json
from services.gateway.learning.store import events_key, job_key
from services.gateway.redis_access import reaching_redis


class LearningPause:
    """A mark in Redis: while it is there no job begins; those that run end. Methods raise Unavailable without Redis."""

    def __init__(self, redis: Redis) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._tell = redis.register_script(scripts.TELL_WAITING)

    async def since(self) -> float | None:
        """When learning was paused, in seconds since the epoch, or None while it goes on."""
        with reaching_redis():
            found = await self._redis.get(scripts.PAUSED)
        return float(found) if found else None

    async def pause(self) -> float:
        """Let no further job begin, and tell those who wait; return since when. Paused again, nothing changes."""
        with reaching_redis():
            begins = await self._redis.set(scripts.PAUSED, repr(time.time()), nx=True)
        if begins:
            await self._tell_waiting(PAUSED_STAGE)
        return await self.since() or time.time()

    async def resume(self) -> None:
        """Let jobs begin again, and tell those who wait."""
        with reaching_redis():
            ends = await self._redis.delete(scripts.PAUSED)
        if ends:
            await self._tell_waiting("")

    async def _tell_waiting(self, stage: str) -> None:
        with reaching_redis():
            for job_id in await self._redis.zrange(scripts.index_key("queued"), 0, -1):
                kind = await self._redis.hget(job_key(job_id), "kind")
                if kind:
                    event = LearnEvent(job_id, JobKind(kind), JobState.QUEUED, progress=0, stage=stage)
                    await self._tell(keys=[job_key(job_id), events_key(job_id)], args=[event_to_json(event)])
