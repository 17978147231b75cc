"""Keeps works in Redis and lets one worker at a time write each. Knows nothing of what writing means."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.errors import AlreadyExists, FailedPrecondition, NotFound, ResourceExhausted
from services.common.identifiers import check_tenant, check_user
from services.gateway.conversations import holds_any
from services.gateway.learning.store import ClaimLostError
from services.gateway.redis_access import reaching_redis
from services.gateway.works import scripts
from services.gateway.works.work import (
    Work,
    WorkEvent,
    WorkState,
    check_work_id,
    event_of,
    event_to_json,
    section_field,
    section_to_json,
    work_from_fields,
    work_to_fields,
)

_LOOK_AGAIN_SECONDS = 0.5


@dataclass(frozen=True)
class WorkClaim:
    """The right to write `job` until the lease runs out or somebody claims it anew."""

    job: Work
    lease: str


class WorkStore:
    """Keeps works per user, and hands each unfinished one to a single worker at a time.

    Methods for users raise Unavailable when Redis cannot be reached; methods that take a claim raise ClaimLostError.
    """

    def __init__(self, redis: Redis, lease_seconds: float, most_works: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._lease_ms = int(lease_seconds * 1000)
        self._most_works = most_works
        self._submit = redis.register_script(scripts.SUBMIT)
        self._claim = redis.register_script(scripts.CLAIM)
        self._renew = redis.register_script(scripts.RENEW)
        self._record = redis.register_script(scripts.RECORD)
        self._finish = redis.register_script(scripts.FINISH)
        self._cancel = redis.register_script(scripts.CANCEL)

    async def prepare(self) -> None:
        """Nothing has to be made before works can be claimed."""

    async def submit(self, work: Work) -> None:
        """Let `work` be written.

        Raises AlreadyExists while another one of the user's is being written, ResourceExhausted at the most works.
        """
        keys = [_key(work.id), _history_key(work), _unfinished_key(work), events_key(work.id)]
        head: list[str | float] = [work.id, work.created_at, self._most_works, event_to_json(event_of(work))]
        with reaching_redis():
            verdict = await self._submit(keys=keys, args=[*head, *_flat(work_to_fields(work))])
        if verdict == "BUSY":
            raise AlreadyExists(
                "Another work of yours is being written; cancel it, or wait for its end.", reason="WORK_UNFINISHED"
            )
        if verdict == "FULL":
            raise ResourceExhausted(
                f"{self._most_works} of your works are kept; delete one of them.", reason="TOO_MANY_WORKS"
            )

    async def get(self, tenant: str, user: str, work_id: str) -> Work:
        """The user's work, or NotFound, also for a work of somebody else."""
        with reaching_redis():
            fields = await self._redis.hgetall(_key(work_id))
        if not fields or (fields["tenant"], fields["user"]) != (tenant, user):
            raise NotFound(f"You have no work {work_id}.", field="id")
        return work_from_fields(fields)

    async def all(self, tenant: str, user: str) -> list[Work]:
        """The user's works, newest first."""
        history = f"works:{check_tenant(tenant)}:{check_user(user)}"
        with reaching_redis():
            ids = await self._redis.zrevrange(history, 0, -1)
            async with self._redis.pipeline(transaction=False) as pipeline:
                for work_id in ids:
                    pipeline.hgetall(_key(work_id))
                return [work_from_fields(fields) for fields in await pipeline.execute() if fields]

    async def cancel(self, tenant: str, user: str, work_id: str) -> Work:
        """Ask for the work's end and return it as it is then; a finished one stays as it is. Raises NotFound."""
        work = await self.get(tenant, user, work_id)
        ended = replace(work, state=WorkState.CANCELLED, finished_at=time.time())
        with reaching_redis():
            await self._cancel(
                keys=[_key(work_id), _unfinished_key(work), events_key(work_id)],
                args=[work_id, event_to_json(event_of(ended)), *_flat(_changed(work, ended))],
            )
        return await self.get(tenant, user, work_id)

    async def delete(self, tenant: str, user: str, work_id: str) -> None:
        """Delete a finished work with its text. Raises NotFound, and FailedPrecondition while it is being written."""
        work = await self.get(tenant, user, work_id)
        if not work.is_finished:
            raise FailedPrecondition(
                f"{work_id} is still being written; cancel it, or wait for its end.", reason="WORK_UNFINISHED"
            )
        with reaching_redis():
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.delete(_key(work_id), events_key(work_id))
                pipeline.zrem(_history_key(work), work_id)
                await pipeline.execute()

    async def forget(self, tenant: str, user: str, lesson: str, said: Sequence[str]) -> int:
        """Delete the text of each section that `lesson` learned or that holds a text `said`; return how many."""
        deleted = 0
        for work in await self.all(tenant, user):
            for number, section in enumerate(work.sections):
                if section.text and (section.lesson == lesson or holds_any(section.text, said)):
                    deleted += 1
                    emptied = section_to_json(replace(section, text="", forgotten=True))
                    with reaching_redis():
                        await self._redis.hset(_key(work.id), section_field(number), emptied)
        return deleted

    async def holding(self, tenant: str, user: str, lesson: str) -> list[str]:
        """The works that still hold the text of a section that `lesson` learned."""
        works = await self.all(tenant, user)
        return [work.id for work in works if any(one.text and one.lesson == lesson for one in work.sections)]

    async def claim(self, owner: str, wait_seconds: float) -> WorkClaim | None:
        """Take over a work that nobody writes; without one, return after a moment."""
        with reaching_redis():
            taken = await self._claim(args=[owner, self._lease_ms])
        if not taken:
            await asyncio.sleep(min(wait_seconds, _LOOK_AGAIN_SECONDS))
            return None
        lease, flat = taken
        return WorkClaim(work_from_fields(dict(zip(flat[::2], flat[1::2], strict=True))), lease)

    async def renew(self, claim: WorkClaim) -> bool:
        """Start the lease's time anew, and return whether the user asked to cancel."""
        return await self._call_for(claim, self._renew, [], [claim.job.id, self._lease_ms]) == "1"

    async def release(self, claim: WorkClaim) -> None:
        """Give the work back, so that another worker goes on with it at once."""
        await self._call_for(claim, self._renew, [], [claim.job.id, 0])

    async def record(self, claim: WorkClaim, event: WorkEvent | None = None, **changes: Any) -> WorkClaim:
        """Change fields of the work and tell those who watch; returns the claim to the changed work."""
        work = replace(claim.job, **changes)
        fields = _flat(_changed(claim.job, work)) or ["state", str(work.state)]
        told = event_to_json(event or event_of(work))
        await self._call_for(claim, self._record, [events_key(work.id)], [told, *fields])
        return WorkClaim(work, claim.lease)

    async def finish(self, claim: WorkClaim, state: WorkState, **changes: Any) -> Work:
        """Put the work into its one terminal state; the user may begin another."""
        work = replace(claim.job, state=state, finished_at=time.time(), **changes)
        arguments = [work.id, event_to_json(event_of(work)), *_flat(_changed(claim.job, work))]
        await self._call_for(claim, self._finish, [_unfinished_key(work), events_key(work.id)], arguments)
        return work

    async def _call_for(self, claim: WorkClaim, script: Any, keys: list[str], args: list[Any]) -> str:
        try:
            verdict = await script(keys=[_key(claim.job.id), *keys], args=[claim.lease, *args])
        except (RedisError, OSError) as error:
            raise ClaimLostError(f"{claim.job.id}: Redis cannot be reached") from error
        if verdict == "LOST":
            raise ClaimLostError(f"{claim.job.id}: claimed by another worker")
        return str(verdict)


def events_key(work_id: str) -> str:
    """The Redis stream of a work's events."""
    return f"{_key(work_id)}:events"


def _key(work_id: str) -> str:
    return f"work:{check_work_id(work_id)}"


def _history_key(work: Work) -> str:
    return f"works:{check_tenant(work.tenant)}:{check_user(work.user)}"


def _unfinished_key(work: Work) -> str:
    return f"work-unfinished:{check_tenant(work.tenant)}:{check_user(work.user)}"


def _changed(before: Work, after: Work) -> dict[str, str]:
    old = work_to_fields(before)
    return {name: value for name, value in work_to_fields(after).items() if old.get(name) != value}


def _flat(fields: Mapping[str, str]) -> list[str]:
    return [part for field in fields.items() for part in field]
