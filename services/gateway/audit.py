"""The operator's record of what was refused, what was reported and what operators did. Knows nothing of HTTP.

Each entry stays until so many newer ones have come, also when the user forgets the lesson: of a refused lesson it holds
no text, of a reported answer the words that the operator has to judge.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis

from services.common.errors import InvalidArgument
from services.gateway.redis_access import reaching_redis

_STREAM = "audit"
_ENTRY_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)


class AuditKind(StrEnum):
    """What happened."""

    LESSON_REFUSED = "lesson_refused"
    HARM_REPORTED = "harm_reported"
    LEARNING_PAUSED = "learning_paused"
    LEARNING_RESUMED = "learning_resumed"
    JOB_CANCELLED = "job_cancelled"
    KEY_ISSUED = "key_issued"
    KEY_REVOKED = "key_revoked"


@dataclass(frozen=True)
class AuditEntry:
    """One event; `at` is in seconds since 1970, `subject` is the job, feedback or key it is about.

    `categories` counts by reason what moderation refused. `text` is the reported answer and `reason` why the user
    reports it; all others have neither. What concerns everybody has an empty tenant, user and subject.
    """

    kind: AuditKind
    at: float
    tenant: str
    user: str
    subject: str
    categories: Mapping[str, int] = field(default_factory=dict)
    text: str = ""
    reason: str = ""


class AuditLog:
    """The latest `most_entries` events; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis, most_entries: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._most_entries = most_entries

    async def record(self, entry: AuditEntry) -> None:
        """Add `entry` behind all others."""
        fields = {"entry": json.dumps(asdict(entry))}
        with reaching_redis():
            await self._redis.xadd(_STREAM, fields, maxlen=self._most_entries, approximate=False)

    async def page(self, limit: int, after: str = "") -> list[tuple[str, AuditEntry]]:
        """At most `limit` entries with their ids, newest first, from the one `after` whose id was told before.

        Raises InvalidArgument for what cannot be the id of an entry.
        """
        if after and not _ENTRY_ID.fullmatch(after):
            raise InvalidArgument("`after` must be the id of an entry.", field="after")
        newest = f"({after}" if after else "+"
        with reaching_redis():
            found = await self._redis.xrevrange(_STREAM, newest, "-", limit)
        return [(entry_id, _entry(fields["entry"])) for entry_id, fields in found]


def _entry(text: str) -> AuditEntry:
    data = json.loads(text)
    return AuditEntry(**{**data, "kind": AuditKind(data["kind"])})
