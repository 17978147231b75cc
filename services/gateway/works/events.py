"""Lets anyone watch a work. Knows nothing of who is watching."""

from redis.asyncio import Redis

from services.gateway.learning.events import EventStreams
from services.gateway.works.store import events_key
from services.gateway.works.work import WorkEvent, event_from_json


class WorkEvents(EventStreams[WorkEvent]):
    """The events of works."""

    def __init__(self, redis: Redis, outage_seconds: float) -> None:
        super().__init__(redis, outage_seconds, events_key, event_from_json)
