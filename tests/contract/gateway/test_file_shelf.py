"""The shelf of files over a real Redis and each object store: order, quota, and nothing half kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.common.errors import NotFound, ResourceExhausted, Unavailable
from services.common.identifiers import check_file_id, new_file_id
from services.common.keys import document_key
from services.common.object_store import ObjectStore, open_object_store
from services.common.object_store.directory import DirectoryObjectStore
from services.gateway.files import FileShelf, StoredFile
from services.gateway.redis_access import open_redis
from tests.contract.conftest import free_port

MAX_FILES = 3


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client as the gateway opens it, of an empty Redis."""
    async with open_redis(redis_url) as client:
        await client.flushdb()
        yield client


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"23 trams")
    return path


async def add(shelf: FileShelf, source: Path, user: str = "ana", tenant: str = "acme") -> StoredFile:
    return await shelf.add(tenant, user, source, "docs/report.txt", "text/plain", "user_data")


async def test_a_file_is_kept_shown_copied_and_deleted(
    redis: Redis, object_store: ObjectStore, source: Path, tmp_path: Path
) -> None:
    shelf = FileShelf(redis, object_store, MAX_FILES)
    file = await add(shelf, source)
    assert check_file_id(file.id)
    assert (file.filename, file.media_type, file.bytes) == ("report.txt", "text/plain", 8)
    assert await shelf.get("acme", "ana", file.id) == file
    assert await shelf.copy("acme", "ana", file.id, tmp_path / "copy") == file
    assert (tmp_path / "copy").read_bytes() == b"23 trams"
    await shelf.delete("acme", "ana", file.id)
    assert await shelf.all("acme", "ana") == []
    assert not await object_store.exists(document_key("acme", "ana", file.id))
    with pytest.raises(NotFound):
        await shelf.delete("acme", "ana", file.id)


@pytest.mark.parametrize(("tenant", "user"), [("acme", "ben"), ("other", "ana")])
async def test_a_file_is_its_owners_alone(
    redis: Redis, object_store: ObjectStore, source: Path, tmp_path: Path, tenant: str, user: str
) -> None:
    shelf = FileShelf(redis, object_store, MAX_FILES)
    file = await add(shelf, source)
    for attempt in (
        shelf.get(tenant, user, file.id),
        shelf.copy(tenant, user, file.id, tmp_path / "stolen"),
        shelf.delete(tenant, user, file.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await shelf.all(tenant, user) == []
    assert await shelf.get("acme", "ana", file.id) == file


async def test_files_of_one_second_are_listed_newest_first(redis: Redis, tmp_path: Path, source: Path) -> None:
    shelf = FileShelf(redis, DirectoryObjectStore(tmp_path / "objects"), 10)
    added = [await add(shelf, source) for _ in range(8)]
    assert await shelf.all("acme", "ana") == added[::-1]


async def test_uploads_at_once_keep_no_more_than_the_quota(
    redis: Redis, object_store: ObjectStore, source: Path
) -> None:
    shelf = FileShelf(redis, object_store, MAX_FILES)
    ends = await asyncio.gather(*[add(shelf, source, "crowd") for _ in range(10)], return_exceptions=True)
    kept = {end.id for end in ends if isinstance(end, StoredFile)}
    assert len(kept) == MAX_FILES
    assert all(isinstance(end, ResourceExhausted) for end in ends if not isinstance(end, StoredFile))
    assert {file.id for file in await shelf.all("acme", "crowd")} == kept
    stored = await object_store.list_keys("documents/acme/crowd/")
    assert stored == sorted(document_key("acme", "crowd", file_id) for file_id in kept), "refused bytes are deleted"
    assert await add(shelf, source, user="ben"), "another user's files do not count"


class _RedisFillsUp(DirectoryObjectStore):
    """Keeps the bytes, but by then Redis takes no more data."""

    def __init__(self, root: Path, redis: Redis) -> None:
        super().__init__(root)
        self._redis = redis

    async def put_file(self, key: str, path: Path) -> None:
        await super().put_file(key, path)
        await self._redis.config_set("maxmemory", "1")


async def test_bytes_whose_record_cannot_be_written_are_deleted(redis: Redis, source: Path, tmp_path: Path) -> None:
    store = _RedisFillsUp(tmp_path / "objects", redis)
    shelf = FileShelf(redis, store, MAX_FILES)
    try:
        with pytest.raises(Unavailable):
            await add(shelf, source)
    finally:
        await redis.config_set("maxmemory", "0")
    assert await shelf.all("acme", "ana") == []
    assert await store.list_keys("documents/acme/ana/") == []


class _StoreIsAway(DirectoryObjectStore):
    async def put_file(self, key: str, path: Path) -> None:
        raise Unavailable("The object store cannot be reached.")


async def test_without_its_bytes_there_is_no_record(redis: Redis, source: Path, tmp_path: Path) -> None:
    shelf = FileShelf(redis, _StoreIsAway(tmp_path / "objects"), MAX_FILES)
    with pytest.raises(Unavailable):
        await add(shelf, source)
    assert await shelf.all("acme", "ana") == []


async def test_a_file_without_bytes_is_not_found_by_its_id(redis: Redis, source: Path, tmp_path: Path) -> None:
    store = DirectoryObjectStore(tmp_path / "objects")
    shelf = FileShelf(redis, store, MAX_FILES)
    file = await add(shelf, source)
    await store.delete_prefix("documents/acme/ana/")
    with pytest.raises(NotFound) as caught:
        await shelf.copy("acme", "ana", file.id, tmp_path / "copy")
    assert caught.value.message == f"You have no file {file.id}."


async def test_records_of_whole_seconds_are_still_read(redis: Redis, source: Path, tmp_path: Path) -> None:
    shelf = FileShelf(redis, DirectoryObjectStore(tmp_path / "objects"), MAX_FILES)
    old = new_file_id()
    record = '{"id":"%s","filename":"a","media_type":"","purpose":"user_data","bytes":1,"sha256":"","created_at":7}'
    await redis.hset("files:acme:ana", old, record % old)
    newer = await add(shelf, source)
    assert [file.id for file in await shelf.all("acme", "ana")] == [newer.id, old]


async def test_without_redis_every_call_is_unavailable(source: Path, tmp_path: Path) -> None:
    store = open_object_store(f"file://{tmp_path}/objects", None)
    async with open_redis(f"redis://127.0.0.1:{free_port()}/0") as away:
        shelf = FileShelf(away, store, MAX_FILES)
        for call in (
            add(shelf, source),
            shelf.all("acme", "ana"),
            shelf.get("acme", "ana", new_file_id()),
            shelf.delete("acme", "ana", new_file_id()),
        ):
            with pytest.raises(Unavailable):
                await call
    assert await store.list_keys("documents/acme/ana/") == []
