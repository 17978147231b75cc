"""Keeps conversations that a client continues by id. Knows nothing of models."""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis

from services.common.errors import NotFound
from services.common.identifiers import check_tenant, check_user
from services.gateway.redis_access import reaching_redis
from services.gateway.tenants import TENANTS_KEY, users_key

MAX_STORED_MESSAGES = 200
MAX_TITLE_CHARACTERS = 80

_KEEP_SECONDS = 30 * 24 * 3600
# What a model reads in the place of a lesson whose end was not written down yet.
_LEARNING = "I am learning this."
# The first turns may be the system's; a title is looked for in no more than these.
_OPENING_TURNS = 4

# KEYS turns; ARGV the turn as it is stored, as it shall be. Changes nothing where it is gone by now.
_REPLACE = """
local index = redis.call('LPOS', KEYS[1], ARGV[1])
if index then redis.call('LSET', KEYS[1], index, ARGV[2]) end
"""


@dataclass(frozen=True)
class Message:
    """One turn: `role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True)
class StoredTurn(Message):
    """A turn as it is kept: what is known of an answer beside its words.

    `job_id` is the lesson that it tells about, and then the words are missing while the lesson runs; `completion_id` is
    the reply that it came as. Both may be empty.
    """

    job_id: str = ""
    completion_id: str = ""


@dataclass(frozen=True)
class ConversationEntry:
    """A conversation in the list of a user's; `updated_at` is in seconds since the epoch.

    `title` is what the user named it, else the beginning of their first words in it, else empty.
    """

    id: str
    title: str
    updated_at: float


class Conversations:
    """The latest turns of each conversation; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._replace: Any = redis.register_script(_REPLACE)

    async def messages(self, tenant: str, user: str, conversation_id: str) -> list[Message]:
        """What was said, oldest first; nothing for a new conversation."""
        turns = await self._turns(tenant, user, conversation_id)
        return [Message(turn.role, turn.content or _LEARNING) for turn in turns]

    async def turns(self, tenant: str, user: str, conversation_id: str) -> list[StoredTurn]:
        """The stored turns, oldest first; raises NotFound for a conversation that is not this user's."""
        await self.entry(tenant, user, conversation_id)
        return await self._turns(tenant, user, conversation_id)

    async def entry(self, tenant: str, user: str, conversation_id: str) -> ConversationEntry:
        """The conversation as it is listed; raises NotFound for one that is not this user's."""
        with reaching_redis():
            updated_at = await self._redis.zscore(_index_key(tenant, user), conversation_id)
            title = await self._redis.hget(_titles_key(tenant, user), conversation_id)
        if updated_at is None:
            raise NotFound(f"You have no conversation {conversation_id}.", field="id")
        opening = (await self._turns_of_all(tenant, user, [conversation_id], _OPENING_TURNS - 1))[0]
        return ConversationEntry(conversation_id, title or _first_words(opening), updated_at)

    async def append(self, tenant: str, user: str, conversation_id: str, messages: Sequence[Message]) -> None:
        """Add turns; the oldest beyond MAX_STORED_MESSAGES are dropped, and all of them 30 days after the last."""
        key, index = _turns_key(tenant, user, conversation_id), _index_key(tenant, user)
        async with self._changing() as pipeline:
            pipeline.rpush(key, *map(_stored, messages))
            pipeline.ltrim(key, -MAX_STORED_MESSAGES, -1)
            pipeline.expire(key, _KEEP_SECONDS)
            pipeline.zadd(index, {conversation_id: time.time()})
            pipeline.zadd(TENANTS_KEY, {tenant: 0})
            pipeline.zadd(users_key(tenant), {user: 0})
            pipeline.expire(index, _KEEP_SECONDS)
            pipeline.expire(_titles_key(tenant, user), _KEEP_SECONDS)

    async def replace(self, tenant: str, user: str, conversation_id: str, old: StoredTurn, new: StoredTurn) -> None:
        """Put `new` where `old` stands; changes nothing when it is gone by now."""
        key = _turns_key(tenant, user, conversation_id)
        with reaching_redis():
            await self._replace(keys=[key], args=[_stored(old), _stored(new)])

    async def drop_last(self, tenant: str, user: str, conversation_id: str, count: int) -> None:
        """Delete the last `count` turns; raises NotFound for a conversation that is not this user's."""
        await self.entry(tenant, user, conversation_id)
        with reaching_redis():
            await self._redis.ltrim(_turns_key(tenant, user, conversation_id), 0, -count - 1)

    async def rename(self, tenant: str, user: str, conversation_id: str, title: str) -> None:
        """Name a conversation; an empty title gives it back the one of its first words. Raises NotFound."""
        await self.entry(tenant, user, conversation_id)
        titles = _titles_key(tenant, user)
        async with self._changing() as pipeline:
            if title:
                pipeline.hset(titles, conversation_id, title)
                pipeline.expire(titles, _KEEP_SECONDS)
            else:
                pipeline.hdel(titles, conversation_id)

    async def delete(self, tenant: str, user: str, conversation_id: str) -> None:
        """Delete a conversation with all its turns; raises NotFound for one that is not this user's."""
        await self.entry(tenant, user, conversation_id)
        async with self._changing() as pipeline:
            pipeline.delete(_turns_key(tenant, user, conversation_id))
            pipeline.zrem(_index_key(tenant, user), conversation_id)
            pipeline.hdel(_titles_key(tenant, user), conversation_id)

    async def listed(self, tenant: str, user: str, search: str = "") -> list[ConversationEntry]:
        """The user's conversations, latest first: those with `search` in the title or in a turn, whatever the case."""
        index = _index_key(tenant, user)
        with reaching_redis():
            await self._redis.zremrangebyscore(index, "-inf", time.time() - _KEEP_SECONDS)
            found = await self._redis.zrange(index, 0, -1, desc=True, withscores=True)
            titles = await self._redis.hgetall(_titles_key(tenant, user))
        # A search reads everything, a mere list only what titles are made of.
        last = -1 if search else _OPENING_TURNS - 1
        turns = await self._turns_of_all(tenant, user, [conversation_id for conversation_id, _ in found], last)
        entries = [
            (ConversationEntry(one, titles.get(one) or _first_words(said), score), said)
            for (one, score), said in zip(found, turns, strict=True)
        ]
        return [entry for entry, said in entries if _is_about(search, entry, said)]

    async def forget(self, tenant: str, user: str, said: Sequence[str]) -> int:
        """Delete every stored turn of the user's conversations that holds one of the texts `said`; return how many.

        The title that a conversation was given goes when it holds such a text or is part of one, or when a turn went;
        a conversation without turns goes too.
        """
        deleted, prefix = 0, _turns_key(tenant, user, "")
        with reaching_redis():
            titles = await self._redis.hgetall(_titles_key(tenant, user))
            about = {one for one, title in titles.items() if holds_any(title, said) or _is_part_of_any(title, said)}
            async for key in self._redis.scan_iter(match=f"{prefix}*"):
                for item in await self._redis.lrange(key, 0, -1):
                    if holds_any(json.loads(item)["content"], said):
                        deleted += await self._redis.lrem(key, 0, item)
                        about.add(key.removeprefix(prefix))
            await self._forget_titles(tenant, user, about)
        return deleted

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[Any]:
        """A pipeline that runs whole or not at all when the block ends."""
        with reaching_redis():
            async with self._redis.pipeline(transaction=True) as pipeline:
                yield pipeline
                await pipeline.execute()

    async def _forget_titles(self, tenant: str, user: str, about: set[str]) -> None:
        for one in about:
            await self._redis.hdel(_titles_key(tenant, user), one)
            if not await self._redis.exists(_turns_key(tenant, user, one)):
                await self._redis.zrem(_index_key(tenant, user), one)

    async def _turns(self, tenant: str, user: str, conversation_id: str) -> list[StoredTurn]:
        return (await self._turns_of_all(tenant, user, [conversation_id], -1))[0]

    async def _turns_of_all(self, tenant: str, user: str, ids: Sequence[str], last: int) -> list[list[StoredTurn]]:
        """The turns up to index `last` of each conversation."""
        with reaching_redis():
            async with self._redis.pipeline(transaction=False) as pipeline:
                for one in ids:
                    pipeline.lrange(_turns_key(tenant, user, one), 0, last)
                found = await pipeline.execute()
        return [[StoredTurn(**json.loads(item)) for item in items] for items in found]


def holds_any(text: str, said: Sequence[str]) -> bool:
    """Whether `text` holds one of the texts `said`, whatever the case."""
    return any(one.casefold() in text.casefold() for one in said)


def _is_part_of_any(title: str, said: Sequence[str]) -> bool:
    return any(title.casefold() in one.casefold() for one in said)


def _is_about(search: str, entry: ConversationEntry, said: Sequence[StoredTurn]) -> bool:
    return not search or holds_any(entry.title, [search]) or any(holds_any(turn.content, [search]) for turn in said)


def _first_words(turns: Sequence[StoredTurn]) -> str:
    words = " ".join(next((turn.content for turn in turns if turn.role == "user"), "").split())
    return words if len(words) <= MAX_TITLE_CHARACTERS else f"{words[: MAX_TITLE_CHARACTERS - 1].rstrip()}…"


def _stored(message: Message) -> str:
    return json.dumps({name: value for name, value in asdict(message).items() if value or name == "content"})


def _turns_key(tenant: str, user: str, conversation_id: str) -> str:
    return f"conversation:{check_tenant(tenant)}:{check_user(user)}:{conversation_id}"


def _index_key(tenant: str, user: str) -> str:
    return f"conversations:{check_tenant(tenant)}:{check_user(user)}"


def _titles_key(tenant: str, user: str) -> str:
    return f"conversation-titles:{check_tenant(tenant)}:{check_user(user)}"
