"""Lets anyone watch a learn job. Knows nothing of who is watching."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from typing import Any

from redis.asyncio import Redis

from services.common.errors import InvalidArgument, Unavailable
from services.gateway.learning.jobs import LearnEvent, event_from_json
from services.gateway.learning.store import MAX_WAIT_SECONDS, events_key
from services.gateway.redis_access import reaching_redis

FROM_THE_BEGINNING = "0-0"

_EVENT_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)
_OUTAGE_PAUSE_SECONDS = 0.5


def check_event_id(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not the id of an event."""
    if not _EVENT_ID.fullmatch(value):
        raise InvalidArgument("`Last-Event-ID` must be the id of an event of this job.", field="Last-Event-ID")
    return value


class JobEvents:
    """Reads the event streams of jobs, across short outages of Redis."""

    def __init__(self, redis: Redis, outage_seconds: float) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._outage_seconds = outage_seconds

    async def follow(
        self, job_id: str, after: str = FROM_THE_BEGINNING
    ) -> AsyncGenerator[tuple[str, LearnEvent] | None, None]:
        """Yield (id, event) for each event after `after` until the job's last one, and None while nothing happens.

        Raises Unavailable when Redis stays away for longer than the outage allowed.
        """
        reached_at = time.monotonic()
        while True:
            try:
                found = await self._read(job_id, after)
            except Unavailable:
                if time.monotonic() - reached_at > self._outage_seconds:
                    raise
                await asyncio.sleep(_OUTAGE_PAUSE_SECONDS)
                yield None
                continue
            reached_at = time.monotonic()
            if not found:
                yield None
            for after, event in found:
                yield after, event
                if event.is_last:
                    return

    async def _read(self, job_id: str, after: str) -> list[tuple[str, LearnEvent]]:
        with reaching_redis():
            reply = await self._redis.xread({events_key(job_id): after}, block=int(MAX_WAIT_SECONDS * 1000))
        entries = reply[0][1] if reply else []
        return [(entry_id, event_from_json(fields["event"])) for entry_id, fields in entries]
