"""The adapter registry on a real Redis: one version a job, one active version a user."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from services.common.errors import FailedPrecondition, InvalidArgument, NotFound, StaleVersion, Unavailable
from services.common.identifiers import new_job_id, new_version
from services.common.manifest import AdapterManifest
from services.common.registry import AdapterRegistry
from tests.contract.conftest import free_port

_START = datetime(2026, 1, 1, tzinfo=UTC)


def manifest(job_id: str, *, user: str = "ana", parent: str | None = None, age: int = 0) -> AdapterManifest:
    return AdapterManifest(
        version=new_version(job_id),
        tenant="acme",
        user=user,
        job_id=job_id,
        parent=parent,
        base_model="tiny",
        base_model_sha256="0" * 64,
        lessons=[job_id],
        recipe={"rank": 8},
        size_bytes=1,
        weights_sha256="0" * 64,
        gate=None,
        created_at=_START + timedelta(seconds=age),
        seconds=1.0,
    )


@pytest.fixture
def registry(redis: Redis) -> AdapterRegistry:
    return AdapterRegistry(redis)


async def test_the_published_version_becomes_active(registry: AdapterRegistry) -> None:
    first = manifest(new_job_id())
    assert await registry.publish(first, expected_active=None) == first
    assert await registry.active("acme", "ana") == first.version
    assert await registry.get("acme", "ana", first.version) == first


async def test_an_added_version_is_listed_and_changes_nothing_else(registry: AdapterRegistry) -> None:
    first, added = manifest(new_job_id()), manifest(new_job_id(), age=1).model_copy(update={"job_id": None})
    await registry.publish(first, expected_active=None)
    await registry.add(added)
    assert await registry.versions("acme", "ana") == [added, first]
    assert await registry.active("acme", "ana") == first.version
    with pytest.raises(InvalidArgument):
        await registry.publish(added, expected_active=first.version)


async def test_a_job_publishes_exactly_once(registry: AdapterRegistry) -> None:
    job = new_job_id()
    first, second = manifest(job), manifest(job)
    published = await asyncio.gather(*(registry.publish(version, None) for version in (first, second)))
    assert published[0] == published[1]
    assert len(await registry.versions("acme", "ana")) == 1
    assert await registry.version_of_job("acme", "ana", job) == published[0].version


async def test_a_publish_onto_another_parent_is_stale(registry: AdapterRegistry) -> None:
    first, other = manifest(new_job_id()), manifest(new_job_id())
    await registry.publish(first, None)
    with pytest.raises(StaleVersion):
        await registry.publish(other, expected_active=None)
    assert await registry.active("acme", "ana") == first.version
    with pytest.raises(NotFound):
        await registry.get("acme", "ana", other.version)


async def test_versions_come_newest_first_and_one_user_sees_only_his_own(registry: AdapterRegistry) -> None:
    old, new = manifest(new_job_id(), age=1), manifest(new_job_id(), age=2)
    await registry.publish(old, None)
    await registry.publish(new, old.version)
    await registry.publish(manifest(new_job_id(), user="ben"), None)
    assert [item.version for item in await registry.versions("acme", "ana")] == [new.version, old.version]
    with pytest.raises(NotFound):
        await registry.get("acme", "ben", new.version)
    with pytest.raises(NotFound):
        await registry.activate("acme", "ben", new.version)


async def test_rolling_back_to_a_version_and_to_the_base(registry: AdapterRegistry) -> None:
    old, new = manifest(new_job_id(), age=1), manifest(new_job_id(), age=2)
    await registry.publish(old, None)
    await registry.publish(new, old.version)
    await registry.activate("acme", "ana", old.version)
    assert await registry.active("acme", "ana") == old.version
    await registry.activate("acme", "ana", None)
    assert await registry.active("acme", "ana") is None


async def test_the_active_version_cannot_be_deleted(registry: AdapterRegistry) -> None:
    job = new_job_id()
    only = manifest(job)
    await registry.publish(only, None)
    with pytest.raises(FailedPrecondition):
        await registry.delete("acme", "ana", only.version)
    await registry.activate("acme", "ana", None)
    await registry.delete("acme", "ana", only.version)
    assert await registry.versions("acme", "ana") == []
    with pytest.raises(NotFound):
        await registry.delete("acme", "ana", only.version)


async def test_names_that_could_reach_another_key_are_refused(registry: AdapterRegistry) -> None:
    with pytest.raises(InvalidArgument):
        await registry.active("acme", "ana:x")
    with pytest.raises(InvalidArgument):
        await registry.get("acme", "ana", "../v")


async def test_a_redis_that_is_down_is_unavailable() -> None:
    async with Redis(host="127.0.0.1", port=free_port()) as nobody:
        with pytest.raises(Unavailable):
            await AdapterRegistry(nobody).active("acme", "ana")
