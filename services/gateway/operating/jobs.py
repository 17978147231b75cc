"""Lists jobs of all tenants for the operator: who, what, when and how it went. Never reads what people wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis

from services.common.errors import InvalidArgument, NotFound
from services.common.identifiers import check_job_id
from services.gateway.learning import scripts
from services.gateway.learning.jobs import JobKind, JobState
from services.gateway.learning.store import job_key
from services.gateway.redis_access import reaching_redis

# Of a record, only what holds no words of anybody's; `gate` are figures.
_FIELDS = ("id", "tenant", "user", "kind", "state", "progress", "cancel_requested", "version", "error_code", "gate")
_TIMES = ("created_at", "started_at", "finished_at")


class JobGroup(StrEnum):
    """Jobs that wait, jobs that are worked on, and how the others ended."""

    QUEUED = "queued"
    RUNNING = "running"
    LIVE = "live"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class JobNotice:
    """A job as the operator may see it; times are seconds since the epoch, `gate` are the gate's figures by name."""

    id: str
    tenant: str
    user: str
    kind: JobKind
    state: JobState
    progress: int
    cancel_requested: bool
    version: str
    error_code: str
    gate: Mapping[str, float]
    created_at: float
    started_at: float | None
    finished_at: float | None


class JobLedger:
    """The jobs of everybody; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis

    async def counts(self) -> dict[JobGroup, int]:
        """How many jobs there are of each group, of those whose record is kept."""
        with reaching_redis():
            async with self._redis.pipeline(transaction=False) as pipeline:
                for group in JobGroup:
                    pipeline.zcard(scripts.index_key(group))
                return dict(zip(JobGroup, await pipeline.execute(), strict=True))

    async def page(self, group: JobGroup, limit: int, after: str = "") -> list[JobNotice]:
        """At most `limit` jobs of `group`, newest first, from the one behind the job `after`.

        Raises InvalidArgument where there is no job `after`.
        """
        index = scripts.index_key(group)
        start = await self._place_behind(index, after) if after else 0
        while True:
            with reaching_redis():
                ids = await self._redis.zrevrange(index, start, start + limit - 1)
            found = await self._notices(ids)
            gone = [job_id for job_id, notice in zip(ids, found, strict=True) if notice is None]
            if not gone:
                return [notice for notice in found if notice]
            with reaching_redis():
                await self._redis.zrem(index, *gone)

    async def get(self, job_id: str) -> JobNotice:
        """One job, whoever's it is; raises NotFound."""
        (notice,) = await self._notices([job_id])
        if notice is None:
            raise NotFound(f"There is no learn job {job_id}.", field="id")
        return notice

    async def _place_behind(self, index: str, job_id: str) -> int:
        with reaching_redis():
            rank = await self._redis.zrevrank(index, job_id)
            if rank is not None:
                return int(rank) + 1
            # It has left the group since its page was read.
            created_at = await self._redis.hget(job_key(job_id), "created_at")
            if created_at is None:
                raise InvalidArgument("`after` must be the id of a job.", field="after")
            return int(await self._redis.zcount(index, created_at, "+inf"))

    async def _notices(self, ids: list[str]) -> list[JobNotice | None]:
        with reaching_redis():
            async with self._redis.pipeline(transaction=False) as pipeline:
                for job_id in ids:
                    pipeline.hmget(job_key(check_job_id(job_id)), *_FIELDS, *_TIMES)
                records = await pipeline.execute()
        return [_notice(dict(zip((*_FIELDS, *_TIMES), values, strict=True))) for values in records]


def _notice(fields: Mapping[str, str | None]) -> JobNotice | None:
    if fields["id"] is None:
        return None
    texts = {name: value or "" for name, value in fields.items()}
    times = {name: float(texts[name]) if texts[name] else None for name in _TIMES}
    return JobNotice(
        id=texts["id"],
        tenant=texts["tenant"],
        user=texts["user"],
        kind=JobKind(texts["kind"]),
        state=JobState(texts["state"]),
        progress=int(texts["progress"]),
        cancel_requested=texts["cancel_requested"] == "1",
        version=texts["version"],
        error_code=texts["error_code"],
        gate=json.loads(texts["gate"]),
        created_at=times["created_at"] or 0.0,
        started_at=times["started_at"],
        finished_at=times["finished_at"],
    )
