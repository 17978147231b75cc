"""Copies adapter versions from the object store to folders of this machine. Does not judge what is in them."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import NotFound
from services.common.keys import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, MANIFEST_FILE
from services.common.manifest import AdapterManifest, manifest_from_bytes
from services.common.object_store import ObjectStore
from services.inference.adapters.errors import invalid_adapter
from services.inference.adapters.key import AdapterKey


@dataclass(frozen=True)
class LocalCopy:
    """A version's files on this machine."""

    folder: Path
    manifest: AdapterManifest


class LocalCopies:
    """Keeps each copy in a folder of its own that is never used twice, because engines remember paths."""

    def __init__(self, store: ObjectStore, root: Path) -> None:
        self._store = store
        self._root = root

    async def fetch(self, key: AdapterKey, folder_name: str) -> LocalCopy:
        """Copy the version into a new folder.

        Raises NotFound when there is no such version, FailedPrecondition when a file of it is missing or its manifest
        is damaged, Unavailable when the store cannot be reached.
        """
        manifest = await self._manifest(key)
        folder = self._root / folder_name
        folder.mkdir(parents=True)
        try:
            for name in (ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE):
                await self._copy(key, name, folder)
        except BaseException:
            await self.discard(folder)
            raise
        return LocalCopy(folder, manifest)

    async def discard(self, folder: Path) -> None:
        """Delete a copy; one that is gone is fine."""
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _manifest(self, key: AdapterKey) -> AdapterManifest:
        try:
            return manifest_from_bytes(await self._store.get_bytes(key.prefix + MANIFEST_FILE))
        except NotFound as error:
            raise NotFound(f"There is no adapter version {key.version} of this user.") from error

    async def _copy(self, key: AdapterKey, name: str, folder: Path) -> None:
        try:
            await self._store.get_file(key.prefix + name, folder / name)
        except NotFound as error:
            raise invalid_adapter(f"{name} is missing in the object store.") from error
