"""Lets anyone watch a learn job, or what else has events. Knows nothing of who is watching."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any, Generic, Protocol, TypeVar

from redis.asyncio import Redis

from services.common.errors import InvalidArgument, Unavailable
from services.gateway.learning.jobs import LearnEvent, event_from_json
from services.gateway.learning.store import MAX_WAIT_SECONDS, events_key
from services.gateway.redis_access import reaching_redis

FROM_THE_BEGINNING = "0-0"

_EVENT_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)
# Redis keeps both parts of an id in 64 bits.
_LARGEST_PART = 2**64 - 1
_OUTAGE_PAUSE_SECONDS = 0.5


class _Event(Protocol):
    @property
    def is_last(self) -> bool:
        """Whether no event follows."""


_E = TypeVar("_E", bound=_Event)


def check_event_id(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not the id of an event."""
    if not _EVENT_ID.fullmatch(value) or max(map(int, value.split("-"))) > _LARGEST_PART:
        raise InvalidArgument("`Last-Event-ID` must be an id from this stream of events.", field="Last-Event-ID")
    return value


class EventStreams(Generic[_E]):
    """Reads streams of events, across short outages of Redis; `key_of` an id is its stream."""

    def __init__(
        self, redis: Redis, outage_seconds: float, key_of: Callable[[str], str], parse: Callable[[str], _E]
    ) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._outage_seconds = outage_seconds
        self._key_of, self._parse = key_of, parse

    async def follow(self, name: str, after: str = FROM_THE_BEGINNING) -> AsyncGenerator[tuple[str, _E] | None, None]:
        """Yield (id, event) for each event of `name` after `after` until the last one, and None in between.

        Raises Unavailable when Redis stays away for longer than the outage allowed.
        """
        reached_at = time.monotonic()
        while True:
            try:
                found = await self._read(name, after)
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

    async def _read(self, name: str, after: str) -> list[tuple[str, _E]]:
        with reaching_redis():
            reply = await self._redis.xread({self._key_of(name): after}, block=int(MAX_WAIT_SECONDS * 1000))
        entries = reply[0][1] if reply else []
        return [(entry_id, self._parse(fields["event"])) for entry_id, fields in entries]


class JobEvents(EventStreams[LearnEvent]):
    """The events of learn jobs."""

    def __init__(self, redis: Redis, outage_seconds: float) -> None:
        super().__init__(redis, outage_seconds, events_key, event_from_json)

    async def latest(self, job_id: str, limit: int, before: str = "") -> list[tuple[str, LearnEvent]]:
        """Up to `limit` events with their ids, newest first, those before the event `before` where it is given."""
        newest = check_event_id(before) if before else "+"
        with reaching_redis():
            entries = await self._redis.xrevrange(events_key(job_id), max=newest, count=limit + 1)
        found = [(entry_id, event_from_json(fields["event"])) for entry_id, fields in entries if entry_id != before]
        return found[:limit]
