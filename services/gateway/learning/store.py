"""The durable queue of learn jobs in Redis. Knows nothing of what working on a job means."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.common.errors import NotFound, ResourceExhausted
from services.common.identifiers import check_job_id, check_tenant, check_user
from services.gateway.conversations import Message, holds_any
from services.gateway.learning import scripts
from services.gateway.learning.jobs import (
    PAUSED_STAGE,
    JobState,
    LearnJob,
    event_of,
    event_to_json,
    job_from_fields,
    job_to_fields,
)
from services.gateway.redis_access import CALL_TIMEOUT_SECONDS, reaching_redis

# A blocking read must end well before the client's own timeout.
MAX_WAIT_SECONDS = CALL_TIMEOUT_SECONDS / 2
# While learning is paused.
_LOOK_AGAIN_SECONDS = 0.5


class ClaimLostError(Exception):
    """This worker may not write the job any more: another one claimed it, or Redis is away. Leave it alone."""


@dataclass(frozen=True)
class Claim:
    """The right to work on `job` until the lease runs out or somebody claims it anew."""

    job: LearnJob
    lease: str


class JobStore:
    """Keeps jobs in order per user, and hands each runnable one to a single worker at a time.

    The record of a finished job goes `keep_seconds` after its end; what it taught stays.
    Methods for users raise Unavailable when Redis cannot be reached; methods that take a Claim raise ClaimLostError.
    """

    def __init__(self, redis: Redis, lease_seconds: float, max_unfinished_per_user: int, keep_seconds: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._lease_ms = int(lease_seconds * 1000)
        self._max_unfinished = max_unfinished_per_user
        self._keep_seconds = keep_seconds
        self._submit = redis.register_script(scripts.SUBMIT)
        self._take = redis.register_script(scripts.TAKE)
        self._renew = redis.register_script(scripts.RENEW)
        self._release = redis.register_script(scripts.RELEASE)
        self._record = redis.register_script(scripts.RECORD)
        self._finish = redis.register_script(scripts.FINISH)
        self._cancel = redis.register_script(scripts.CANCEL)

    async def prepare(self) -> None:
        """Make the stream and its consumer group where they are missing."""
        with reaching_redis():
            try:
                await self._redis.xgroup_create(scripts.STREAM, scripts.GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def submit(self, job: LearnJob) -> None:
        """Queue `job` behind its user's others; a second call with the same id changes nothing.

        Raises ResourceExhausted when the user has too many unfinished jobs.
        """
        keys = [
            job_key(job.id),
            _history_key(job.tenant, job.user),
            _queue_key(job.tenant, job.user),
            events_key(job.id),
        ]
        events = [event_to_json(event_of(job, stage=stage)) for stage in ("", PAUSED_STAGE)]
        head: list[str | float] = [job.id, job.created_at, self._max_unfinished, *events]
        with reaching_redis():
            verdict = await self._submit(keys=keys, args=[*head, *_flat(job_to_fields(job))])
        if verdict == "FULL":
            raise ResourceExhausted(
                f"{self._max_unfinished} of your lessons are still being learned; wait for one of them to end.",
                reason="LEARN_QUEUE_FULL",
            )

    async def get(self, tenant: str, user: str, job_id: str) -> LearnJob:
        """The user's job, or NotFound, also for a job of somebody else."""
        with reaching_redis():
            fields = await self._redis.hgetall(job_key(job_id))
        if not fields or (fields["tenant"], fields["user"]) != (tenant, user):
            raise NotFound(f"You have no learn job {job_id}.", field="id")
        return job_from_fields(fields)

    async def any_runnable(self) -> bool:
        """Whether anybody has an unfinished job."""
        with reaching_redis():
            return bool(await self._redis.xlen(scripts.STREAM))

    async def unfinished(self, tenant: str, user: str) -> int:
        """How many unfinished jobs the user has."""
        with reaching_redis():
            return int(await self._redis.llen(_queue_key(tenant, user)))

    async def knows(self, tenant: str, user: str, job_id: str) -> bool:
        """Whether there is a record of this job of the user's."""
        try:
            await self.get(tenant, user, job_id)
        except NotFound:
            return False
        return True

    async def forget(self, tenant: str, user: str, job_id: str, said: Sequence[str]) -> int:
        """Delete a finished job's record and events, and in other jobs of the user each turn that holds a text `said`.

        Returns how many turns were deleted.
        """
        deleted = 0
        with reaching_redis():
            if await self.knows(tenant, user, job_id):
                await self._redis.delete(job_key(job_id), events_key(job_id))
            await self._redis.zrem(_history_key(tenant, user), job_id)
        for job in await self.latest(tenant, user, 0):
            kept = _without_turns(job, said)
            deleted += _turns_of(job) - _turns_of(kept)
            if kept != job:
                with reaching_redis():
                    await self._redis.hset(job_key(job.id), mapping=_changed_fields(job, kept))
        return deleted

    async def latest(self, tenant: str, user: str, limit: int) -> list[LearnJob]:
        """The user's jobs, newest first, at most `limit`; 0 means all."""
        history = _history_key(tenant, user)
        with reaching_redis():
            while True:
                ids = await self._redis.zrevrange(history, 0, limit - 1)
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for job_id in ids:
                        pipeline.hgetall(job_key(job_id))
                    records = await pipeline.execute()
                gone = [job_id for job_id, fields in zip(ids, records, strict=True) if not fields]
                if not gone:
                    return [job_from_fields(fields) for fields in records]
                await self._redis.zrem(history, *gone)

    async def cancel(self, tenant: str, user: str, job_id: str) -> LearnJob:
        """Ask for the job's end and return it as it is then; a finished job stays as it is. Raises NotFound."""
        job = await self.get(tenant, user, job_id)
        ended = replace(job, state=JobState.CANCELLED, finished_at=time.time())
        with reaching_redis():
            await self._cancel(
                keys=[job_key(job_id), _queue_key(job.tenant, job.user), events_key(job_id)],
                args=[job_id, event_to_json(event_of(ended)), self._keep_seconds, *_flat(_changed_fields(job, ended))],
            )
        return await self.get(tenant, user, job_id)

    async def claim(self, owner: str, wait_seconds: float) -> Claim | None:
        """Take over a job whose lease ran out, or else wait up to `wait_seconds` for a new one.

        While learning is paused there are no new ones, and of the others only those that were begun.
        """
        with reaching_redis():
            entry = await self._expired_entry() or await self._new_entry(wait_seconds)
            if entry is None:
                return None
            entry_id, job_id = entry
            taken = await self._take(keys=[job_key(job_id)], args=[entry_id, owner])
        if not taken:
            return None
        lease, flat = taken
        return Claim(job_from_fields(dict(zip(flat[::2], flat[1::2], strict=True))), lease)

    async def renew(self, claim: Claim) -> bool:
        """Start the lease's time anew, and return whether the user asked to cancel."""
        return await self._call_for(claim, self._renew) == "1"

    async def release(self, claim: Claim) -> None:
        """Give the job back, so that another worker goes on with it at once."""
        await self._call_for(claim, self._release, [], [self._lease_ms])

    async def record(
        self, claim: Claim, detail: Mapping[str, float] | None = None, stage: str = "", **changes: Any
    ) -> Claim:
        """Change fields of the job and tell those who watch; returns the claim to the changed job."""
        job = replace(claim.job, **changes)
        event = event_to_json(event_of(job, detail, stage))
        fields = _flat(_changed_fields(claim.job, job)) or ["state", str(job.state)]
        await self._call_for(claim, self._record, [events_key(job.id)], [event, *fields])
        return Claim(job, claim.lease)

    async def finish(self, claim: Claim, state: JobState, **changes: Any) -> LearnJob:
        """Put the job into its one terminal state and make the user's next job runnable."""
        job = replace(claim.job, state=state, finished_at=time.time(), **changes)
        arguments = [job.id, event_to_json(event_of(job)), self._keep_seconds, *_flat(_changed_fields(claim.job, job))]
        await self._call_for(claim, self._finish, [_queue_key(job.tenant, job.user), events_key(job.id)], arguments)
        return job

    async def _expired_entry(self) -> tuple[str, str] | None:
        cursor = "0-0"
        while True:
            cursor, entries, *_ = await self._redis.xautoclaim(
                scripts.STREAM, scripts.GROUP, scripts.CONSUMER, self._lease_ms, cursor, count=1
            )
            found = _first(entries)
            if found or cursor == "0-0":
                return found

    async def _new_entry(self, wait_seconds: float) -> tuple[str, str] | None:
        if await self._redis.exists(scripts.PAUSED):
            await asyncio.sleep(min(wait_seconds, _LOOK_AGAIN_SECONDS))
            return None
        wait_ms = max(1, int(min(wait_seconds, MAX_WAIT_SECONDS) * 1000))
        reply = await self._redis.xreadgroup(
            scripts.GROUP, scripts.CONSUMER, {scripts.STREAM: ">"}, count=1, block=wait_ms
        )
        return _first(reply[0][1]) if reply else None

    async def _call_for(self, claim: Claim, script: Any, keys: list[str] | None = None, args: Any = ()) -> str:
        try:
            verdict = await script(keys=[job_key(claim.job.id), *(keys or [])], args=[claim.lease, *args])
        except (RedisError, OSError) as error:
            raise ClaimLostError(f"{claim.job.id}: Redis cannot be reached") from error
        if verdict == "LOST":
            raise ClaimLostError(f"{claim.job.id}: claimed by another worker")
        return str(verdict)


def events_key(job_id: str) -> str:
    """The Redis stream of a job's events."""
    return f"{job_key(job_id)}:events"


def job_key(job_id: str) -> str:
    """The Redis hash of a job's record."""
    return f"job:{check_job_id(job_id)}"


def _history_key(tenant: str, user: str) -> str:
    return f"jobs:{check_tenant(tenant)}:{check_user(user)}"


def _queue_key(tenant: str, user: str) -> str:
    return f"jobs-unfinished:{check_tenant(tenant)}:{check_user(user)}"


def _without_turns(job: LearnJob, said: Sequence[str]) -> LearnJob:
    def kept(turns: Sequence[Message]) -> tuple[Message, ...]:
        return tuple(turn for turn in turns if not holds_any(turn.content, said))

    preferences = tuple(replace(one, prompt=kept(one.prompt)) for one in job.preferences)
    return replace(job, conversation=kept(job.conversation), preferences=preferences)


def _turns_of(job: LearnJob) -> int:
    return len(job.conversation) + sum(len(one.prompt) for one in job.preferences)


def _changed_fields(before: LearnJob, after: LearnJob) -> dict[str, str]:
    old = job_to_fields(before)
    return {name: value for name, value in job_to_fields(after).items() if old.get(name) != value}


def _flat(fields: Mapping[str, str]) -> list[str]:
    return [part for field in fields.items() for part in field]


def _first(entries: list[tuple[str | None, dict[str, str] | None]]) -> tuple[str, str] | None:
    # Redis 6 hands out entries that were deleted meanwhile as empty ones.
    return next(((entry_id, fields["job"]) for entry_id, fields in entries if entry_id and fields), None)
