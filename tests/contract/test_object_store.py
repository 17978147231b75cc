"""Both object stores keep one contract."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.common.errors import InvalidArgument, NotFound, Unavailable
from services.common.object_store import ObjectStore, ObjectStoreCredentials, open_object_store
from tests.contract.conftest import free_port


async def test_an_object_can_be_read_back(object_store: ObjectStore) -> None:
    await object_store.put_bytes("twin/read/a.bin", b"\x00one")
    assert await object_store.get_bytes("twin/read/a.bin") == b"\x00one"
    assert await object_store.exists("twin/read/a.bin")


async def test_a_second_write_replaces_the_first(object_store: ObjectStore) -> None:
    await object_store.put_bytes("twin/replace/a", b"a long first value")
    await object_store.put_bytes("twin/replace/a", b"short")
    assert await object_store.get_bytes("twin/replace/a") == b"short"


async def test_files_travel_both_ways(object_store: ObjectStore, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 4096)
    await object_store.put_file("twin/file/weights", source)
    await object_store.get_file("twin/file/weights", target)
    assert target.read_bytes() == source.read_bytes()


async def test_a_missing_object_is_not_found(object_store: ObjectStore, tmp_path: Path) -> None:
    target = tmp_path / "never"
    with pytest.raises(NotFound):
        await object_store.get_bytes("twin/missing/x")
    with pytest.raises(NotFound):
        await object_store.get_file("twin/missing/x", target)
    assert not target.exists()
    assert not await object_store.exists("twin/missing/x")


async def test_a_prefix_lists_and_deletes_only_what_is_below_it(object_store: ObjectStore) -> None:
    for key in ("twin/list/b", "twin/list/a/deep", "twin/lister/c"):
        await object_store.put_bytes(key, b".")
    assert await object_store.list_keys("twin/list/") == ["twin/list/a/deep", "twin/list/b"]
    await object_store.delete_prefix("twin/list/")
    assert await object_store.list_keys("twin/list/") == []
    assert await object_store.exists("twin/lister/c")
    await object_store.delete_prefix("twin/list/")


@pytest.mark.parametrize("key", ["", "/etc/passwd", "a/../../b", "a//b", "a/./b", "a\\b", "a b", "x" * 1025])
async def test_a_key_that_could_leave_the_store_is_refused(object_store: ObjectStore, key: str) -> None:
    with pytest.raises(InvalidArgument):
        await object_store.put_bytes(key, b"")
    with pytest.raises(InvalidArgument):
        await object_store.get_bytes(key)


async def test_a_prefix_must_end_with_a_slash_lest_siblings_match(object_store: ObjectStore) -> None:
    with pytest.raises(InvalidArgument):
        await object_store.delete_prefix("twin/list")


async def test_an_s3_server_that_is_down_is_unavailable() -> None:
    url = f"s3://lorelei?endpoint=127.0.0.1:{free_port()}&secure=false"
    store = open_object_store(url, ObjectStoreCredentials("access", SecretStr("secret-key")))
    with pytest.raises(Unavailable):
        await store.get_bytes("a/b")


async def test_a_directory_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        open_object_store(f"file://{tmp_path}/file/objects", None)


@pytest.mark.parametrize("url", ["", "http://host/bucket", "file:", "s3:///"])
def test_an_unknown_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgument):
        open_object_store(url, None)
