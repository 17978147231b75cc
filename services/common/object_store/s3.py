"""An object store in one bucket of S3 or MinIO, through the minio client."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from services.common.errors import NotFound, Unavailable
from services.common.object_store.keys import check_key, check_prefix

_T = TypeVar("_T")

_MISSING = {"NoSuchKey", "NoSuchBucket", "NoSuchObject"}


class S3ObjectStore:
    """Keeps objects in `bucket`, which is created when missing; the blocking client runs in threads."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._bucket_ready = False

    async def put_bytes(self, key: str, data: bytes) -> None:
        """Store `data` under `key`."""
        check_key(key)
        await self._call(lambda: self._client.put_object(self._bucket, key, BytesIO(data), len(data)))

    async def get_bytes(self, key: str) -> bytes:
        """Return the object, or raise NotFound."""
        check_key(key)
        return await self._call(lambda: self._read(key), key)

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file's content under `key`."""
        check_key(key)
        await self._call(lambda: self._client.fput_object(self._bucket, key, str(path)))

    async def get_file(self, key: str, path: Path) -> None:
        """Write the object to `path`, or raise NotFound."""
        check_key(key)
        await self._call(lambda: self._client.fget_object(self._bucket, key, str(path)), key)

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        check_key(key)
        try:
            await self._call(lambda: self._client.stat_object(self._bucket, key), key)
        except NotFound:
            return False
        return True

    async def list_keys(self, prefix: str) -> list[str]:
        """All keys that begin with `prefix`, sorted."""
        check_prefix(prefix)
        return await self._call(lambda: self._list(prefix))

    async def delete_prefix(self, prefix: str) -> None:
        """Delete all objects whose keys begin with `prefix`."""
        check_prefix(prefix)
        await self._call(lambda: self._delete(prefix))

    def _read(self, key: str) -> bytes:
        response = self._client.get_object(self._bucket, key)
        try:
            return bytes(response.read())
        finally:
            response.close()
            response.release_conn()

    def _list(self, prefix: str) -> list[str]:
        objects = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        return sorted(item.object_name for item in objects if item.object_name)

    def _delete(self, prefix: str) -> None:
        doomed = [DeleteObject(key) for key in self._list(prefix)]
        failures = list(self._client.remove_objects(self._bucket, doomed))
        if failures:
            raise Unavailable("The object store did not delete everything; try again.")

    async def _call(self, action: Callable[[], _T], key: str = "") -> _T:
        return await asyncio.to_thread(self._run, action, key)

    def _run(self, action: Callable[[], _T], key: str) -> _T:
        with _as_store_errors(key):
            if not self._bucket_ready:
                self._make_bucket()
            return action()

    def _make_bucket(self) -> None:
        if not self._client.bucket_exists(self._bucket):
            try:
                self._client.make_bucket(self._bucket)
            except S3Error as error:
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise
        self._bucket_ready = True


@contextmanager
def _as_store_errors(key: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise NotFound(f"There is no object {key}.") from error
        raise Unavailable("The object store refused the request; check its keys and bucket.") from error
    except (MinioException, HTTPError, OSError) as error:
        raise Unavailable("The object store cannot be reached.") from error
