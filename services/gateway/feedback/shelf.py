"""Keeps feedback in Redis, and hands corrections to jobs, each to one at a time. Knows nothing of what jobs do."""

import json
import re
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from services.common.errors import FailedPrecondition, NotFound
from services.common.identifiers import check_job_id, check_tenant, check_user
from services.gateway.conversations import holds_any
from services.gateway.feedback import scripts
from services.gateway.feedback.answers import holds_said
from services.gateway.feedback.items import FeedbackItem, FeedbackState, item_from_fields, item_to_fields
from services.gateway.redis_access import reaching_redis

_ID = re.compile(r"feedback-[0-9a-f]{24}", re.ASCII)
_OWNERS_AT_ONCE = 100


class FeedbackShelf:
    """The feedback of every user, of each at most `most_items`; every method raises Unavailable without Redis."""

    def __init__(self, redis: Redis, most_items: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._most_items = most_items
        self._put = redis.register_script(scripts.PUT)
        self._wait_again = redis.register_script(scripts.WAIT_AGAIN)
        self._remove = redis.register_script(scripts.REMOVE)
        self._take = redis.register_script(scripts.TAKE)
        self._end = redis.register_script(scripts.END)
        self._give_back = redis.register_script(scripts.GIVE_BACK)

    async def put(self, tenant: str, user: str, item: FeedbackItem) -> bool:
        """Keep `item` in the place of an earlier verdict on the same answer; False when that said the same, and stays.

        Of too many items the oldest go.
        """
        fields = item_to_fields(item)
        head = [_owner(tenant, user), item.id, item.created_at, self._most_items, fields["verdict"], item.state]
        flat = (part for field in fields.items() for part in field)
        return bool(await self._run(self._put, *head, *flat) == "OK")

    async def get(self, tenant: str, user: str, item_id: str) -> FeedbackItem:
        """One item of the user's, or NotFound."""
        found = await self._read(tenant, user, [item_id]) if _ID.fullmatch(item_id) else []
        if not found:
            raise NotFound(f"You have given no feedback {item_id}.", field="id")
        return found[0]

    async def find(self, tenant: str, user: str, item_id: str) -> FeedbackItem | None:
        """One item of the user's, or None."""
        found = await self._read(tenant, user, [item_id])
        return found[0] if found else None

    async def latest(self, tenant: str, user: str, limit: int) -> list[FeedbackItem]:
        """The user's items, newest first, at most `limit`; 0 means all."""
        with reaching_redis():
            ids = await self._redis.zrevrange(f"feedback-items:{_owner(tenant, user)}", 0, limit - 1)
        return await self._read(tenant, user, ids)

    async def wait_again(self, tenant: str, user: str, item_id: str, states: Sequence[FeedbackState]) -> bool:
        """Let the correction of an item wait for a job once more if it is in one of `states`; return whether it was."""
        verdict = await self._run(self._wait_again, _owner(tenant, user), item_id, time.time(), *states)
        return bool(verdict == "OK")

    async def delete(self, tenant: str, user: str, item_id: str) -> None:
        """Delete an item; raises NotFound, and FailedPrecondition while it is being learned."""
        item = await self.get(tenant, user, item_id)
        if await self._run(self._remove, _owner(tenant, user), item_id, FeedbackState.LEARNING) == "SPARED":
            raise FailedPrecondition(
                f"{item_id} is being learned; cancel {item.job_id}, or wait for its end.", reason="FEEDBACK_UNFINISHED"
            )

    async def forget(self, tenant: str, user: str, lesson: str, said: Sequence[str]) -> int:
        """Delete what `lesson` was learned from and every item that holds a text `said`; return how many."""
        items = await self.latest(tenant, user, 0)
        doomed = [item.id for item in items if item.job_id == lesson or _holds(item, said)]
        for item_id in doomed:
            await self._run(self._remove, _owner(tenant, user), item_id, "")
        return len(doomed)

    async def take(self, tenant: str, user: str, job_id: str, at_least: int, most: int) -> list[FeedbackItem]:
        """Hand the oldest corrections that wait to the job that will be `job_id`, oldest first.

        None where fewer than `at_least` wait, so that of several who ask only one gets them.
        """
        owner = _owner(tenant, user)
        ids = await self._run(self._take, owner, check_job_id(job_id), time.time(), at_least, most)
        return await self._read(tenant, user, ids)

    async def batch(self, tenant: str, user: str, job_id: str) -> list[FeedbackItem]:
        """What the job has taken and still holds, oldest first."""
        with reaching_redis():
            ids = await self._redis.smembers(f"feedback-batch:{check_job_id(job_id)}")
        found = await self._read(tenant, user, sorted(ids))
        return sorted((item for item in found if item.job_id == job_id), key=lambda item: item.created_at)

    async def end(
        self,
        tenant: str,
        user: str,
        job_id: str,
        state: FeedbackState,
        learned_version: str = "",
        reasons: Sequence[str] = (),
    ) -> None:
        """Write what became of the items that the job has taken; a second time it changes nothing."""
        outcome = ["state", state, "learned_version", learned_version, "reasons", json.dumps(list(reasons))]
        await self._run(self._end, _owner(tenant, user), check_job_id(job_id), *outcome)

    async def give_back(self, tenant: str, user: str, job_id: str) -> None:
        """Let the items wait again that a job has taken that cannot be."""
        await self._run(self._give_back, _owner(tenant, user), check_job_id(job_id), time.time())

    async def due(self, before: float) -> list[tuple[str, str]]:
        """Tenants and users for whom corrections wait, the last since `before`; who has waited longest comes first."""
        with reaching_redis():
            owners = await self._redis.zrange(scripts.DUE, 0, before, byscore=True, offset=0, num=_OWNERS_AT_ONCE)
        return [_pair(owner) for owner in owners]

    async def taken(self, before: float) -> list[tuple[str, str, str]]:
        """Tenant, user and id of each job that took items before `before` and whose end is not yet known."""
        with reaching_redis():
            found = await self._redis.zrange(scripts.TAKEN, 0, before, byscore=True)
        return [(*_pair(owner), job_id) for owner, _, job_id in (reference.rpartition(":") for reference in found)]

    async def _read(self, tenant: str, user: str, ids: Sequence[str]) -> list[FeedbackItem]:
        owner = _owner(tenant, user)
        with reaching_redis():
            async with self._redis.pipeline(transaction=False) as pipeline:
                for item_id in ids:
                    pipeline.hgetall(f"feedback:{owner}:{item_id}")
                return [item_from_fields(fields) for fields in await pipeline.execute() if fields]

    async def _run(self, script: Any, *arguments: Any) -> Any:
        with reaching_redis():
            return await script(args=arguments)


def _holds(item: FeedbackItem, said: Sequence[str]) -> bool:
    texts = (item.verdict.reason, item.verdict.correction)
    return holds_said(item.answer, said) or any(holds_any(text, said) for text in texts)


def _owner(tenant: str, user: str) -> str:
    return f"{check_tenant(tenant)}:{check_user(user)}"


def _pair(owner: str) -> tuple[str, str]:
    tenant, _, user = owner.partition(":")
    return tenant, user
