"""Keeps conversations that a client continues by id. Knows nothing of models."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from services.common.identifiers import check_tenant, check_user
from services.gateway.redis_access import reaching_redis

MAX_STORED_MESSAGES = 200

_KEEP_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Message:
    """One turn: `role` is "system", "user" or "assistant"."""

    role: str
    content: str


class Conversations:
    """The latest turns of each conversation; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis

    async def messages(self, tenant: str, user: str, conversation_id: str) -> list[Message]:
        """The stored turns, oldest first; none for a new conversation."""
        with reaching_redis():
            stored = await self._redis.lrange(_redis_key(tenant, user, conversation_id), 0, -1)
        return [Message(**json.loads(item)) for item in stored]

    async def append(self, tenant: str, user: str, conversation_id: str, messages: Sequence[Message]) -> None:
        """Add turns; the oldest beyond MAX_STORED_MESSAGES are dropped, and all of them 30 days after the last."""
        key = _redis_key(tenant, user, conversation_id)
        items = [json.dumps({"role": message.role, "content": message.content}) for message in messages]
        with reaching_redis():
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.rpush(key, *items)
                pipeline.ltrim(key, -MAX_STORED_MESSAGES, -1)
                pipeline.expire(key, _KEEP_SECONDS)
                await pipeline.execute()

    async def forget(self, tenant: str, user: str, said: Sequence[str]) -> int:
        """Delete every stored turn of the user's conversations that holds one of the texts `said`; return how many."""
        deleted = 0
        with reaching_redis():
            async for key in self._redis.scan_iter(match=_redis_key(tenant, user, "*")):
                for item in await self._redis.lrange(key, 0, -1):
                    if holds_any(json.loads(item)["content"], said):
                        deleted += await self._redis.lrem(key, 0, item)
        return deleted


def holds_any(text: str, said: Sequence[str]) -> bool:
    """Whether `text` holds one of the texts `said`, whatever the case."""
    return any(one.casefold() in text.casefold() for one in said)


def _redis_key(tenant: str, user: str, conversation_id: str) -> str:
    return f"conversation:{check_tenant(tenant)}:{check_user(user)}:{conversation_id}"
