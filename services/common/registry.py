"""The registry of adapter versions in Redis: which exist, and which one serves a user. Knows nothing of weights."""

from collections.abc import Awaitable, Iterable
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from services.common.errors import FailedPrecondition, NotFound, StaleVersion, Unavailable
from services.common.identifiers import check_job_id, check_tenant, check_user, check_version
from services.common.manifest import AdapterManifest, manifest_from_bytes, manifest_to_bytes

# All scripts see the same keys: active pointer, versions by age, the version's record, versions by job, own names.
_PUBLISH = """
local published = redis.call('HGET', KEYS[4], ARGV[2])
if published then return {'DONE', published} end
local active = redis.call('GET', KEYS[1]) or ''
if active ~= ARGV[3] then return {'STALE', active} end
redis.call('SET', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
redis.call('HSET', KEYS[4], ARGV[2], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1])
return {'OK', ARGV[1]}
"""
_ADD = """
redis.call('SET', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return {'OK'}
"""
_ACTIVATE = """
if redis.call('EXISTS', KEYS[3]) == 0 then return {'MISSING'} end
redis.call('SET', KEYS[1], ARGV[1])
return {'OK'}
"""
_DELETE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return {'ACTIVE'} end
if redis.call('DEL', KEYS[3]) == 0 then return {'MISSING'} end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return {'OK'}
"""


class AdapterRegistry:
    """Keeps versions and active pointers; every method raises Unavailable when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._publish = redis.register_script(_PUBLISH)
        self._add = redis.register_script(_ADD)
        self._activate = redis.register_script(_ACTIVATE)
        self._delete = redis.register_script(_DELETE)

    async def publish(self, manifest: AdapterManifest, expected_active: str | None) -> AdapterManifest:
        """Record `manifest` and make it the user's active version in one step.

        A job publishes once: later calls return the version it published first. Raises StaleVersion when the
        active version is no longer `expected_active`.
        """
        tenant, user, version = manifest.tenant, manifest.user, manifest.version
        arguments: list[str | bytes | float] = [
            version,
            check_job_id(manifest.job_id or ""),
            expected_active or "",
            manifest_to_bytes(manifest),
            manifest.created_at.timestamp(),
        ]
        verdict, found = await self._run(self._publish, tenant, user, version, arguments)
        if verdict == "STALE":
            raise StaleVersion("Your active version changed meanwhile; nothing was published.")
        return await self.get(tenant, user, found)

    async def add(self, manifest: AdapterManifest) -> None:
        """Record `manifest`; the version that serves the user stays."""
        record = manifest_to_bytes(manifest)
        arguments: list[str | bytes | float] = [manifest.version, record, manifest.created_at.timestamp()]
        await self._run(self._add, manifest.tenant, manifest.user, manifest.version, arguments)

    async def version_of_job(self, tenant: str, user: str, job_id: str) -> str | None:
        """The version that `job_id` published, or None."""
        jobs = _keys(tenant, user)[3]
        return _text(await self._call(self._redis.hget(jobs, check_job_id(job_id))))

    async def active(self, tenant: str, user: str) -> str | None:
        """The version that serves the user, or None for the base model."""
        return _text(await self._call(self._redis.get(active_key(tenant, user))))

    async def activate(self, tenant: str, user: str, version: str | None) -> None:
        """Make `version` (None: the base model) the one that serves, or raise NotFound."""
        if version is None:
            await self._call(self._redis.delete(active_key(tenant, user)))
        elif (await self._run(self._activate, tenant, user, version, [version]))[0] == "MISSING":
            raise _missing(version)

    async def name(self, tenant: str, user: str, version: str, title: str) -> None:
        """Give `version` a name of the user's own, or none where `title` is empty; no other keeps the same.

        Raises NotFound.
        """
        await self.get(tenant, user, version)
        titles = _keys(tenant, user)[4]
        outdated = {one for one, taken in (await self.names(tenant, user)).items() if taken == title} | {version}
        await self._call(self._redis.hdel(titles, *outdated))
        if title:
            await self._call(self._redis.hset(titles, version, title))

    async def names(self, tenant: str, user: str) -> dict[str, str]:
        """The user's own names, by version; versions without one are left out."""
        found = await self._call(self._redis.hgetall(_keys(tenant, user)[4]))
        return {_text(version) or "": _text(title) or "" for version, title in found.items()}

    async def get(self, tenant: str, user: str, version: str) -> AdapterManifest:
        """Return one version's manifest, or raise NotFound."""
        data = _text(await self._call(self._redis.get(_keys(tenant, user, version)[2])))
        if data is None:
            raise _missing(version)
        return manifest_from_bytes(data.encode())

    async def versions(self, tenant: str, user: str) -> list[AdapterManifest]:
        """All versions of the user, newest first."""
        names = await self._call(self._redis.zrevrange(_keys(tenant, user)[1], 0, -1))
        return [await self.get(tenant, user, _text(name) or "") for name in names]

    async def version_count(self, tenant: str, user: str) -> int:
        """How many versions the user has."""
        return int(await self._call(self._redis.zcard(_keys(tenant, user)[1])))

    async def delete(self, tenant: str, user: str, version: str) -> None:
        """Forget a version's record; raise NotFound, or FailedPrecondition when it serves the user now."""
        verdict = (await self._run(self._delete, tenant, user, version, [version]))[0]
        if verdict == "MISSING":
            raise _missing(version)
        if verdict == "ACTIVE":
            raise FailedPrecondition(
                f"{version} serves you now; activate another version first.", reason="ADAPTER_ACTIVE"
            )

    async def _run(
        self, script: AsyncScript, tenant: str, user: str, version: str, arguments: Iterable[str | bytes | float]
    ) -> list[str]:
        reply = await self._call(script(keys=_keys(tenant, user, version), args=arguments))
        return [_text(part) or "" for part in reply]

    async def _call(self, call: Awaitable[Any]) -> Any:
        try:
            return await call
        except (RedisError, OSError) as error:
            raise Unavailable("Redis cannot be reached; try again in a moment.") from error


def active_key(tenant: str, user: str) -> str:
    """The Redis key that holds the name of the user's active version."""
    return f"active:{check_tenant(tenant)}:{check_user(user)}"


def _keys(tenant: str, user: str, version: str | None = None) -> list[str]:
    owner = f"{check_tenant(tenant)}:{check_user(user)}"
    record = f"adapter:{owner}:{check_version(version)}" if version else ""
    return [
        active_key(tenant, user),
        f"adapters:{owner}",
        record,
        f"adapter-of-job:{owner}",
        f"adapter-names:{owner}",
    ]


def _text(value: bytes | str | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _missing(version: str) -> NotFound:
    return NotFound(f"You have no adapter version {version}.", field="version")
