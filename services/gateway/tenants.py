"""Knows which tenant an API key belongs to, and which key is the operator's. Keeps only hashes of keys."""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from services.common.errors import FailedPrecondition, NotFound, Unauthenticated
from services.common.identifiers import check_tenant
from services.gateway.redis_access import reaching_redis

DEFAULT_TENANT = "default"
# The sorted set of all tenants, by name.
TENANTS_KEY = "tenants"

KEY_ID_PATTERN = r"^key-[0-9a-f]{16}$"

_KEY_BYTES = 24
# The hash of what is known of each key, by its id.
_KEYS = "keys"
_ID_DIGITS = 16


@dataclass(frozen=True)
class TenantKey:
    """What is known of an API key but the key itself; `created_at` is in seconds since the epoch."""

    id: str
    tenant: str
    created_at: float


class TenantKeys:
    """API keys in Redis; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis

    async def issue(self, tenant: str) -> tuple[TenantKey, str]:
        """A new key that acts for `tenant`, which need not be known yet; raises InvalidArgument for no name."""
        api_key = _new_key()
        return await self.register(api_key, tenant), api_key

    async def register(self, api_key: str, tenant: str) -> TenantKey:
        """Let `api_key` act for `tenant`; one that does so already stays as old as it is."""
        digest = _digest(api_key)
        key = TenantKey(f"key-{digest[:_ID_DIGITS]}", check_tenant(tenant), time.time())
        kept = json.dumps({"digest": digest, "tenant": key.tenant, "created_at": key.created_at})
        with reaching_redis():
            await self._redis.hsetnx(_KEYS, key.id, kept)
            await self._redis.zadd(TENANTS_KEY, {tenant: 0})
            await self._redis.set(_redis_key(digest), key.tenant)
        return key

    async def all(self, tenant: str = "") -> list[TenantKey]:
        """Every key, or only those of `tenant`, newest first."""
        with reaching_redis():
            kept = await self._redis.hgetall(_KEYS)
        keys = [_key(key_id, text) for key_id, text in kept.items()]
        return sorted((key for key in keys if tenant in ("", key.tenant)), key=lambda key: (-key.created_at, key.id))

    async def get(self, key_id: str) -> TenantKey:
        """One key, or NotFound."""
        return _key(key_id, await self._kept(key_id))

    async def revoke(self, key_id: str) -> None:
        """Let a key act for nobody any more, from the next request on; raises NotFound."""
        digest = json.loads(await self._kept(key_id))["digest"]
        with reaching_redis():
            await self._redis.delete(_redis_key(digest))
            await self._redis.hdel(_KEYS, key_id)

    async def _kept(self, key_id: str) -> str:
        with reaching_redis():
            kept = await self._redis.hget(_KEYS, key_id)
        if kept is None:
            raise NotFound("There is no such key.")
        return str(kept)

    async def tenant_of(self, api_key: str) -> str:
        """The tenant of `api_key`, or Unauthenticated."""
        with reaching_redis():
            tenant = await self._redis.get(_redis_key(_digest(api_key)))
        if tenant is None:
            raise Unauthenticated("The API key is wrong.", reason="INVALID_API_KEY")
        return str(tenant)


class OperatorKey:
    """The key of who runs Lorelei. It acts for no tenant; without one nobody is the operator."""

    def __init__(self, api_key: str | None) -> None:
        self._digest = _digest(api_key) if api_key else ""

    def is_it(self, api_key: str) -> bool:
        """Whether `api_key` is the operator's."""
        return hmac.compare_digest(_digest(api_key), self._digest)


def users_key(tenant: str) -> str:
    """The sorted set, by name, of the tenant's users of whom a lesson or a conversation was ever kept."""
    return f"users:{tenant}"


def kept_key(file: Path) -> str:
    """Read the API key in `file`, or create the file with a new key, readable only by its owner.

    Raises FailedPrecondition when the file cannot be used.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _create_key_file(file)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FailedPrecondition(f"The API key file {file} cannot be used: {error}.") from error
    if not key:
        raise FailedPrecondition(f"The API key file {file} is empty; delete it to get a new key.")
    return key


def _create_key_file(file: Path) -> None:
    # Written aside and linked into place: nobody ever reads a half-written key, and two starters agree on one.
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="ascii") as new_file:
        new_file.write(f"{_new_key()}\n")
    try:
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _new_key() -> str:
    return f"lorelei-{secrets.token_urlsafe(_KEY_BYTES)}"


def _key(key_id: str, kept: str) -> TenantKey:
    known = json.loads(kept)
    return TenantKey(key_id, known["tenant"], known["created_at"])


def _digest(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()


def _redis_key(digest: str) -> str:
    """Where the tenant of the key with this digest is kept."""
    return f"key:{digest}"
