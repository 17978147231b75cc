"""Remakes versions that grew lesson by lesson, while nobody learns. Knows nothing of how versions are made.

Each lesson that continues another's weights moves the model a little farther from the base, and spreads a little; a
fresh version of all lessons together does not.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis

from services.common.errors import LoreleiError, NotFound
from services.common.identifiers import check_tenant, check_user, new_job_id
from services.common.manifest import AdapterManifest
from services.common.registry import AdapterRegistry
from services.gateway.learning.jobs import JobKind, JobState, LearnJob
from services.gateway.learning.store import JobStore
from services.gateway.lessons import LessonShelf
from services.gateway.redis_access import reaching_redis

_log = structlog.get_logger(__name__)

# Users whose version may be due, by the time of their last lesson; and the one job that remakes a version now.
_DUE = "consolidation:due"
_RUNNING = "consolidation:running"
_LONGEST_POLL_SECONDS = 30.0


@dataclass(frozen=True)
class ConsolidationLimits:
    """When a version is remade.

    idle_seconds: so long ago was the user's last lesson; lessons: so many were added one by one since the version was
    last made afresh, 0 for never; most_lessons: of more than so many none is remade.
    """

    idle_seconds: float
    lessons: int
    most_lessons: int


class Consolidator:
    """Queues one consolidation at a time, however many replicas run it, and only where no other job is queued."""

    def __init__(
        self, redis: Redis, jobs: JobStore, registry: AdapterRegistry, lessons: LessonShelf, limits: ConsolidationLimits
    ) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._jobs = jobs
        self._registry = registry
        self._lessons = lessons
        self._limits = limits

    async def run(self) -> None:
        """Look again and again for a version that is due, until cancelled; outlasts outages."""
        pause = min(_LONGEST_POLL_SECONDS, self._limits.idle_seconds / 4 + 0.1)
        while self._limits.lessons:
            with _logged():
                await self.start_due()
            await asyncio.sleep(pause)

    async def job_ended(self, job: LearnJob) -> None:
        """Take note of a user's new lesson, or of the end of a consolidation; without Redis nothing is noted."""
        with _logged(), reaching_redis():
            if job.kind is JobKind.CONSOLIDATION:
                if await self._redis.get(_RUNNING) == _reference(job):
                    await self._redis.delete(_RUNNING)
            elif job.state is JobState.LIVE and job.statement:
                await self._redis.zadd(_DUE, {_owner(job.tenant, job.user): time.time()})

    async def make_way(self) -> None:
        """Cancel the consolidation that runs, if any, because somebody wants to learn; it is tried again later."""
        with _logged():
            await self._make_way()

    async def _make_way(self) -> None:
        with reaching_redis():
            running = await self._redis.getdel(_RUNNING)
        if running is None:
            return
        tenant, user, job_id = running.split(":")
        _log.info("consolidation_makes_way", job=job_id)
        with reaching_redis():
            await self._redis.zadd(_DUE, {_owner(tenant, user): time.time()})
        try:
            await self._jobs.cancel(tenant, user, job_id)
        except NotFound:
            # It was about to be queued; `start_due` sees that it must not run.
            return

    async def start_due(self) -> LearnJob | None:
        """Queue the consolidation that has waited longest, where one is due and nobody learns. Raises Unavailable."""
        owner = None if await self._jobs.any_runnable() else await self._take_due()
        if owner is None:
            return None
        tenant, user = owner.split(":")
        lessons = await self._grown(tenant, user)
        if not lessons:
            return None
        job = LearnJob(
            new_job_id(), tenant, user, JobKind.CONSOLIDATION, "", (), created_at=time.time(), lessons=lessons
        )
        with reaching_redis():
            await self._redis.set(_RUNNING, _reference(job))
        if await self._jobs.any_runnable():
            await self.make_way()
            return None
        await self._jobs.submit(job)
        with reaching_redis():
            overtaken = await self._redis.get(_RUNNING) != _reference(job)
        if overtaken:
            return await self._jobs.cancel(tenant, user, job.id)
        _log.info("consolidation_queued", job=job.id, lessons=len(lessons))
        return job

    async def _take_due(self) -> str | None:
        """The user who has waited longest, if one has waited long enough; no other replica gets the same."""
        with reaching_redis():
            found = await self._redis.zrange(
                _DUE, 0, time.time() - self._limits.idle_seconds, byscore=True, offset=0, num=1
            )
            return found[0] if found and await self._redis.zrem(_DUE, found[0]) else None

    async def _grown(self, tenant: str, user: str) -> tuple[str, ...]:
        """Lessons of the version in force where it is to be remade, oldest first; empty where it is not."""
        active = await self._registry.active(tenant, user)
        versions = {one.version: one for one in await self._registry.versions(tenant, user)}
        line = _line(versions, active)
        added = len(line) - (not line or len(line[-1].lessons) > 1)
        if added < self._limits.lessons or any(one.origin == "imported" for one in line):
            return ()
        lessons = line[0].lessons
        kept = await self._lessons.statements(tenant, user, lessons)
        return tuple(lessons) if len(kept) == len(lessons) <= self._limits.most_lessons else ()


@contextmanager
def _logged() -> Iterator[None]:
    """Inside, what goes wrong is only logged: nobody has asked for a consolidation, so nobody shall be disturbed."""
    try:
        yield
    except LoreleiError as error:
        _log.warning("consolidation_disturbed", why=error.message)


def _line(versions: dict[str, AdapterManifest], newest: str | None) -> list[AdapterManifest]:
    """The version called `newest` and those whose weights it continues, newest first."""
    found: list[AdapterManifest] = []
    while newest is not None and newest in versions:
        found.append(versions[newest])
        newest = found[-1].parent
    return found


def _owner(tenant: str, user: str) -> str:
    return f"{check_tenant(tenant)}:{check_user(user)}"


def _reference(job: LearnJob) -> str:
    return f"{_owner(job.tenant, job.user)}:{job.id}"
