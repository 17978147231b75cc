"""Keeps what Lorelei has asked until the user answers. Knows nothing of what the questions are about.

A question is found again by its own words: only where they were the last thing said, an answer belongs to it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis

from services.common.identifiers import check_tenant, check_user
from services.gateway.redis_access import reaching_redis


class QuestionKind(StrEnum):
    """What is asked: whether to forget, which lesson to forget, or what a [Learn] message means."""

    FORGET = "forget"
    FORGET_ALL = "forget_all"
    WHICH = "which"
    MEANING = "meaning"


@dataclass(frozen=True)
class Question:
    """What is asked: about `lessons`, or about the `readings` of a `statement`, in the order they were offered."""

    kind: QuestionKind
    lessons: tuple[str, ...] = ()
    statement: str = ""
    readings: tuple[str, ...] = ()


class OpenQuestions:
    """The questions of every user; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis, keep_seconds: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._keep_seconds = keep_seconds

    async def ask(self, tenant: str, user: str, words: str, question: Question) -> None:
        """Expect an answer to `question`, asked in these `words`, for a while."""
        with reaching_redis():
            await self._redis.set(_key(tenant, user, words), json.dumps(asdict(question)), ex=self._keep_seconds)

    async def take(self, tenant: str, user: str, words: str) -> Question | None:
        """The question that was asked in these `words`, once: it is closed by whatever is answered."""
        with reaching_redis():
            found = await self._redis.getdel(_key(tenant, user, words))
        if found is None:
            return None
        data = json.loads(found)
        return Question(QuestionKind(data["kind"]), tuple(data["lessons"]), data["statement"], tuple(data["readings"]))


def _key(tenant: str, user: str, words: str) -> str:
    digest = hashlib.sha256(words.strip().encode()).hexdigest()
    return f"question:{check_tenant(tenant)}:{check_user(user)}:{digest}"
