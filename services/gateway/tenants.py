"""Knows which tenant an API key belongs to, and which key is the operator's. Keeps only hashes of keys."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from redis.asyncio import Redis

from services.common.errors import FailedPrecondition, Unauthenticated
from services.common.identifiers import check_tenant
from services.gateway.redis_access import reaching_redis

DEFAULT_TENANT = "default"
# The sorted set of all tenants, by name.
TENANTS_KEY = "tenants"

_KEY_BYTES = 24


class TenantKeys:
    """API keys in Redis; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def register(self, api_key: str, tenant: str) -> None:
        """Let `api_key` act for `tenant`."""
        with reaching_redis():
            await self._redis.set(_redis_key(api_key), check_tenant(tenant))
            await self._redis.zadd(TENANTS_KEY, {tenant: 0})

    async def tenant_of(self, api_key: str) -> str:
        """The tenant of `api_key`, or Unauthenticated."""
        with reaching_redis():
            tenant = await self._redis.get(_redis_key(api_key))
        if tenant is None:
            raise Unauthenticated("The API key is wrong.", reason="INVALID_API_KEY")
        return str(tenant)


class OperatorKey:
    """The key of who runs Lorelei. It acts for no tenant; without one nobody is the operator."""

    def __init__(self, api_key: str | None) -> None:
        self._key = _redis_key(api_key) if api_key else ""

    def is_it(self, api_key: str) -> bool:
        """Whether `api_key` is the operator's."""
        return hmac.compare_digest(_redis_key(api_key), self._key)


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
        new_file.write(f"lorelei-{secrets.token_urlsafe(_KEY_BYTES)}\n")
    try:
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _redis_key(api_key: str) -> str:
    return f"key:{hashlib.sha256(api_key.encode()).hexdigest()}"
