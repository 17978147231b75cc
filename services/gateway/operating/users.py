"""Lists tenants and their users for the operator, with figures. Knows nothing of what they taught."""

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from services.common.identifiers import check_tenant, check_user
from services.common.registry import AdapterRegistry
from services.gateway.learning.store import JobStore
from services.gateway.redis_access import reaching_redis
from services.gateway.tenants import TENANTS_KEY, users_key


@dataclass(frozen=True)
class TenantFigures:
    """A tenant, and how many users of it a lesson or a conversation was ever kept of."""

    tenant: str
    users: int


@dataclass(frozen=True)
class UserFigures:
    """A user: the version in force, None for the base model, how many lessons it knows, versions and open jobs."""

    tenant: str
    user: str
    active_version: str | None
    lessons: int
    versions: int
    unfinished_jobs: int


class Users:
    """Everyone of whom a lesson or a conversation was ever kept; methods raise Unavailable without Redis."""

    def __init__(self, redis: Redis, registry: AdapterRegistry, jobs: JobStore) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._registry = registry
        self._jobs = jobs

    async def tenants(self, limit: int, after: str = "") -> list[TenantFigures]:
        """At most `limit` tenants, by name, from the one behind `after`; raises InvalidArgument for no name."""
        names = await self._names(TENANTS_KEY, limit, check_tenant(after) if after else "")
        with reaching_redis():
            return [TenantFigures(name, await self._redis.zcard(users_key(name))) for name in names]

    async def of_tenant(self, tenant: str, limit: int, after: str = "") -> list[UserFigures]:
        """At most `limit` users of `tenant`, by name, from the one behind `after`; raises InvalidArgument."""
        key = users_key(check_tenant(tenant))
        names = await self._names(key, limit, check_user(after) if after else "")
        return [await self._figures(tenant, name) for name in names]

    async def _names(self, key: str, limit: int, after: str) -> list[str]:
        with reaching_redis():
            found = await self._redis.zrangebylex(key, f"({after}" if after else "-", "+", start=0, num=limit)
        return list(found)

    async def _figures(self, tenant: str, user: str) -> UserFigures:
        active = await self._registry.active(tenant, user)
        known = (await self._registry.get(tenant, user, active)).lessons if active else []
        versions = await self._registry.version_count(tenant, user)
        return UserFigures(tenant, user, active, len(known), versions, await self._jobs.unfinished(tenant, user))
