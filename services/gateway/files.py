"""Keeps the files that users upload. Knows nothing of HTTP or of what is in them."""

import asyncio
import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from redis.asyncio import Redis

from services.common.errors import LoreleiError, NotFound, ResourceExhausted
from services.common.identifiers import check_file_id, check_tenant, check_user, new_file_id
from services.common.keys import document_key, document_prefix
from services.common.object_store import ObjectStore
from services.gateway.redis_access import reaching_redis

_MAX_NAME_CHARACTERS = 255

# KEYS files; ARGV max_files, id, record. Counts and writes in one step, however many uploads end at once.
_RECORD = """
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'FULL' end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 'OK'
"""


@dataclass(frozen=True)
class StoredFile:
    """A file of a user's; `created_at` is in seconds since 1970, the media type is as the client told it."""

    id: str
    filename: str
    media_type: str
    purpose: str
    bytes: int
    sha256: str
    created_at: float


class FileShelf:
    """The files of every user: bytes in the object store, records in Redis; methods raise Unavailable without them."""

    def __init__(self, redis: Redis, store: ObjectStore, max_files: int) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._store = store
        self._max_files = max_files
        self._record: Any = redis.register_script(_RECORD)

    async def add(self, tenant: str, user: str, path: Path, filename: str, media_type: str, purpose: str) -> StoredFile:
        """Keep the file at `path`; raises ResourceExhausted when the user has too many."""
        key = _key(tenant, user)
        with reaching_redis():
            if await self._redis.hlen(key) >= self._max_files:
                raise self._too_many()
        size, sha256 = await asyncio.to_thread(_size_and_sha256, path)
        file = StoredFile(
            id=new_file_id(),
            filename=safe_name(filename),
            media_type=media_type,
            purpose=purpose,
            bytes=size,
            sha256=sha256,
            created_at=time.time(),
        )
        try:
            # The record comes last: what has one is whole.
            await self._store.put_file(document_key(tenant, user, file.id), path)
            await self._write_record(key, file)
        except LoreleiError:
            await self._discard(tenant, user, file.id)
            raise
        return file

    async def get(self, tenant: str, user: str, file_id: str) -> StoredFile:
        """One file of the user's, or NotFound."""
        with reaching_redis():
            found = await self._redis.hget(_key(tenant, user), check_file_id(file_id))
        if found is None:
            raise _no_file(file_id)
        return StoredFile(**json.loads(found))

    async def all(self, tenant: str, user: str) -> list[StoredFile]:
        """The user's files, newest first."""
        with reaching_redis():
            found = await self._redis.hvals(_key(tenant, user))
        files = [StoredFile(**json.loads(record)) for record in found]
        return sorted(files, key=lambda file: (file.created_at, file.id), reverse=True)

    async def copy(self, tenant: str, user: str, file_id: str, path: Path) -> StoredFile:
        """Write a file's bytes to `path`; raises NotFound."""
        file = await self.get(tenant, user, file_id)
        try:
            await self._store.get_file(document_key(tenant, user, file_id), path)
        except NotFound as error:
            raise _no_file(file_id) from error
        return file

    async def delete(self, tenant: str, user: str, file_id: str) -> None:
        """Delete a file for good; what was learned from it stays. Raises NotFound."""
        await self.get(tenant, user, file_id)
        await self._store.delete_prefix(document_prefix(tenant, user, file_id))
        with reaching_redis():
            await self._redis.hdel(_key(tenant, user), file_id)

    async def _write_record(self, key: str, file: StoredFile) -> None:
        with reaching_redis():
            verdict = await self._record(keys=[key], args=[self._max_files, file.id, json.dumps(asdict(file))])
        if verdict == "FULL":
            raise self._too_many()

    async def _discard(self, tenant: str, user: str, file_id: str) -> None:
        # The record first: a lost reply may have left one, and it must never outlive its bytes. While Redis is away
        # the bytes stay, unseen.
        with suppress(LoreleiError):
            with reaching_redis():
                await self._redis.hdel(_key(tenant, user), file_id)
            await self._store.delete_prefix(document_prefix(tenant, user, file_id))

    def _too_many(self) -> ResourceExhausted:
        return ResourceExhausted(
            f"You may have {self._max_files} files; delete some.",
            field="file",
            reason="TOO_MANY_FILES",
            retry_after_seconds=None,
        )


def safe_name(filename: str) -> str:
    """The last part of a path of any system, printable and not too long."""
    last = PurePosixPath(PureWindowsPath(filename).name).name
    shown = "".join(character for character in last if character.isprintable()).strip()
    return shown[:_MAX_NAME_CHARACTERS] if shown.strip(".") else "file"


def _no_file(file_id: str) -> NotFound:
    return NotFound(f"You have no file {file_id}.", field="file_id")


def _size_and_sha256(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def _key(tenant: str, user: str) -> str:
    return f"files:{check_tenant(tenant)}:{check_user(user)}"
