"""An object store in a directory of this machine: the embedded twin of S3."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.common.errors import NotFound, Unavailable
from services.common.object_store.keys import check_key, check_prefix

_STAGING = ".staging"


class DirectoryObjectStore:
    """Keeps each object as a file; writes go through a temporary file and a rename."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / _STAGING
        with _as_store_errors():
            self._staging.mkdir(parents=True, exist_ok=True)

    async def put_bytes(self, key: str, data: bytes) -> None:
        """Store `data` under `key`."""
        await asyncio.to_thread(self._write, check_key(key), data)

    async def get_bytes(self, key: str) -> bytes:
        """Return the object, or raise NotFound."""
        return await asyncio.to_thread(self._read, check_key(key))

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file's content under `key`."""
        await asyncio.to_thread(self._copy, path, self._root / check_key(key))

    async def get_file(self, key: str, path: Path) -> None:
        """Write the object to `path`, or raise NotFound."""
        source = self._root / check_key(key)
        await asyncio.to_thread(self._copy_out, source, path, key)

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        return await asyncio.to_thread((self._root / check_key(key)).is_file)

    async def list_keys(self, prefix: str) -> list[str]:
        """All keys that begin with `prefix`, sorted."""
        return await asyncio.to_thread(self._list, check_prefix(prefix))

    async def delete_prefix(self, prefix: str) -> None:
        """Delete all objects whose keys begin with `prefix`."""
        await asyncio.to_thread(self._delete, check_prefix(prefix))

    def _write(self, key: str, data: bytes) -> None:
        with _as_store_errors(), self._staged(self._root / key) as staged:
            staged.write_bytes(data)

    def _copy(self, source: Path, target: Path) -> None:
        with _as_store_errors(), self._staged(target) as staged:
            shutil.copyfile(source, staged)

    def _copy_out(self, source: Path, path: Path, key: str) -> None:
        with _as_store_errors(key):
            partial = path.with_name(f".{path.name}.part")
            shutil.copyfile(source, partial)
            partial.replace(path)

    def _read(self, key: str) -> bytes:
        with _as_store_errors(key):
            return (self._root / key).read_bytes()

    def _list(self, prefix: str) -> list[str]:
        with _as_store_errors():
            files = (path for path in (self._root / prefix).rglob("*") if path.is_file())
            return sorted(path.relative_to(self._root).as_posix() for path in files)

    def _delete(self, prefix: str) -> None:
        with _as_store_errors():
            shutil.rmtree(self._root / prefix, ignore_errors=False) if (self._root / prefix).is_dir() else None

    @contextmanager
    def _staged(self, target: Path) -> Iterator[Path]:
        handle, name = tempfile.mkstemp(dir=self._staging)
        os.close(handle)
        staged = Path(name)
        try:
            yield staged
            _sync(staged)
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _as_store_errors(key: str | None = None) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if key is None:
            raise Unavailable("The object store's directory cannot be used.") from error
        raise NotFound(f"There is no object {key}.") from error
    except OSError as error:
        raise Unavailable("The object store's directory cannot be used.") from error
