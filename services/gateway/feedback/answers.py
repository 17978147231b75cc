"""Remembers the model's latest answers, so that they can be rated by their ids. Knows nothing of feedback."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from redis.asyncio import Redis

from services.common.errors import InvalidArgument, NotFound, Unavailable
from services.common.identifiers import check_tenant, check_user
from services.common.registry import AdapterRegistry
from services.gateway.conversations import Message, holds_any
from services.gateway.redis_access import reaching_redis

_log = structlog.get_logger(__name__)

LAST = "last"

_COMPLETION_ID = re.compile(r"chatcmpl-[0-9a-f]{24}", re.ASCII)
# So many of the latest answers are compared with one that comes without its id.
_COMPARED_ANSWERS = 50


@dataclass(frozen=True)
class Answer:
    """What the model answered, after which turns and when, in seconds since the epoch.

    `completion_id` is empty for an answer that is known from its conversation alone, `version` for the base model's.
    """

    completion_id: str
    prompt: tuple[Message, ...]
    reply: str
    version: str
    at: float


@dataclass(frozen=True)
class AnswerLimits:
    """How long an answer is remembered, 0 for not at all, how many per user, and how much of what came before it."""

    keep_seconds: float
    most_answers: int
    prompt_characters: int


class Answers:
    """The latest answers to each user; methods but `remember` raise Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis, registry: AdapterRegistry, limits: AnswerLimits) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._registry = registry
        self._limits = limits

    async def remember(self, tenant: str, user: str, answer: Answer) -> None:
        """Keep `answer` for a while, unless it is empty; without Redis it is not kept, for the user has it already."""
        if not self._limits.keep_seconds or not answer.reply.strip():
            return
        try:
            with reaching_redis():
                await self._write(tenant, user, answer)
        except Unavailable:
            _log.warning("answer_not_remembered")

    async def _write(self, tenant: str, user: str, answer: Answer) -> None:
        keep_ms = int(self._limits.keep_seconds * 1000)
        index, most = _index_key(tenant, user), self._limits.most_answers
        kept = asdict(answer) | {"prompt": [asdict(turn) for turn in self._trimmed(answer.prompt)]}
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(_answer_key(tenant, user, answer.completion_id), json.dumps(kept), px=keep_ms)
            pipeline.zadd(index, {answer.completion_id: answer.at})
            pipeline.pexpire(index, keep_ms)
            pipeline.zrange(index, 0, -most - 1)
            *_, surplus = await pipeline.execute()
        if surplus:
            await self._redis.delete(*(_answer_key(tenant, user, one) for one in surplus))
            await self._redis.zrem(index, *surplus)

    async def get(self, tenant: str, user: str, completion_id: str) -> Answer:
        """The answer with this id, or the newest one for "last"; raises NotFound for any that is not remembered."""
        if completion_id == LAST:
            latest = await self._latest(tenant, user, 1)
            if not latest:
                raise NotFound("I remember no answer to you.", field="completion_id")
            return latest[0]
        found = None
        if _COMPLETION_ID.fullmatch(completion_id):
            with reaching_redis():
                found = await self._redis.get(_answer_key(tenant, user, completion_id))
        if found is None:
            raise NotFound(
                f"I remember no answer {completion_id} to you; send the conversation as `messages`.",
                field="completion_id",
            )
        return _answer(found)

    async def of_conversation(self, tenant: str, user: str, turns: Sequence[Message], version: str = "") -> Answer:
        """The answer that ends `turns`: as it is remembered, else taken from them, given by `version`.

        Where nobody says which version answered, it is taken to be the one that serves now. Raises InvalidArgument for
        turns that do not end with an answer to a user.
        """
        if not turns or turns[-1].role != "assistant" or not turns[-1].content.strip():
            raise InvalidArgument("`messages` must end with the assistant's answer.", field="messages")
        prompt, reply = tuple(turns[:-1]), turns[-1].content
        if not any(turn.role == "user" for turn in prompt):
            raise InvalidArgument("`messages` must hold what the user said before the answer.", field="messages")
        for answer in await self._latest(tenant, user, _COMPARED_ANSWERS):
            if _same_exchange(answer, prompt, reply) and version in ("", answer.version):
                return answer
        version = version or await self._registry.active(tenant, user) or ""
        return Answer("", self._trimmed(prompt), reply, version, time.time())

    async def forget(self, tenant: str, user: str, said: Sequence[str]) -> int:
        """Delete every answer that holds one of the texts `said`, or came after one; return how many."""
        doomed = [one.completion_id for one in await self._latest(tenant, user, 0) if holds_said(one, said)]
        with reaching_redis():
            if doomed:
                await self._redis.delete(*(_answer_key(tenant, user, one) for one in doomed))
                await self._redis.zrem(_index_key(tenant, user), *doomed)
        return len(doomed)

    async def _latest(self, tenant: str, user: str, limit: int) -> list[Answer]:
        """The newest answers first, at most `limit`; 0 means all."""
        with reaching_redis():
            ids = await self._redis.zrevrange(_index_key(tenant, user), 0, limit - 1)
            found = await self._redis.mget([_answer_key(tenant, user, one) for one in ids]) if ids else []
        return [_answer(text) for text in found if text is not None]

    def _trimmed(self, prompt: Sequence[Message]) -> tuple[Message, ...]:
        """The last turns whole, as many as the limit allows; of the very last one its end, if it alone is too long."""
        kept: list[Message] = []
        left = self._limits.prompt_characters
        for turn in reversed(prompt):
            left -= len(turn.content)
            if left < 0:
                break
            kept.append(turn)
        if prompt and not kept:
            kept.append(Message(prompt[-1].role, prompt[-1].content[-self._limits.prompt_characters :]))
        return tuple(reversed(kept))


def holds_said(answer: Answer, said: Sequence[str]) -> bool:
    """Whether the answer or a turn before it holds one of the texts `said`."""
    return holds_any(answer.reply, said) or any(holds_any(turn.content, said) for turn in answer.prompt)


def answer_from_fields(data: dict[str, Any]) -> Answer:
    """Parse what `dataclasses.asdict` made of an answer."""
    return Answer(**{**data, "prompt": tuple(Message(**turn) for turn in data["prompt"])})


def _answer(text: str) -> Answer:
    return answer_from_fields(json.loads(text))


def _same_exchange(answer: Answer, prompt: Sequence[Message], reply: str) -> bool:
    """Whether it is the same reply to the same last turn; clients strip spaces, and turns before it were trimmed."""
    asked = answer.prompt[-1].content if answer.prompt else ""
    return answer.reply.strip() == reply.strip() and prompt[-1].content.endswith(asked)


def _answer_key(tenant: str, user: str, completion_id: str) -> str:
    return f"answer:{check_tenant(tenant)}:{check_user(user)}:{completion_id}"


def _index_key(tenant: str, user: str) -> str:
    return f"answers:{check_tenant(tenant)}:{check_user(user)}"
