"""Exports, activates and deletes a user's adapter versions. Knows nothing of HTTP or of training."""

import asyncio
import io
import zipfile
from collections.abc import Mapping

import structlog

from services.common.errors import FailedPrecondition, LoreleiError, NotFound
from services.common.identifiers import check_version
from services.common.keys import (
    ADAPTER_CONFIG_FILE,
    ADAPTER_WEIGHTS_FILE,
    MANIFEST_FILE,
    adapter_prefix,
    user_adapters_prefix,
)
from services.common.manifest import AdapterManifest, manifest_from_bytes, manifest_to_bytes
from services.common.object_store import ObjectStore
from services.common.registry import AdapterRegistry
from services.gateway.serving import AdapterVersion, Inference

_log = structlog.get_logger(__name__)

_PEFT_FILES = (ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE)


class AdapterShelf:
    """The versions of every user; methods raise NotFound for a version that is not this user's."""

    def __init__(self, registry: AdapterRegistry, store: ObjectStore, inference: Inference) -> None:
        self._registry = registry
        self._store = store
        self._inference = inference

    async def active(self, tenant: str, user: str) -> str | None:
        """The version that serves the user, or None for the base model."""
        return await self._registry.active(tenant, user)

    async def resolve(self, tenant: str, user: str, name: str) -> str:
        """The version that `name`, its own or the user's, stands for; raises InvalidArgument where it is neither."""
        named = {title: version for version, title in (await self._registry.names(tenant, user)).items()}
        return named[name] if name in named else check_version(name)

    async def export(self, tenant: str, user: str, version: str) -> bytes:
        """The version as a zip file: a standard PEFT folder, and its manifest with what the gate found."""
        manifest = await self._registry.get(tenant, user, version)
        prefix = adapter_prefix(tenant, user, version)
        files = {name: await self._store.get_bytes(prefix + name) for name in _PEFT_FILES}
        files[MANIFEST_FILE] = manifest_to_bytes(manifest)
        return await asyncio.to_thread(_zip, version, files)

    async def activate(self, tenant: str, user: str, version: str | None) -> None:
        """Let `version` (None: the base model) serve the user, once inference has loaded and checked it."""
        if version is not None:
            manifest = await self._registry.get(tenant, user, version)
            await self._inference.load(AdapterVersion(tenant, user, manifest.version))
        await self._registry.activate(tenant, user, version)

    async def delete(self, tenant: str, user: str, version: str) -> None:
        """Delete a version's record and files; raises FailedPrecondition for the one that serves."""
        await self._registry.delete(tenant, user, version)
        await self.discard(tenant, user, version)

    async def discard(self, tenant: str, user: str, version: str) -> None:
        """Delete the files of a version that is not registered; none is fine."""
        try:
            await self._inference.unload(AdapterVersion(tenant, user, version))
        except LoreleiError as error:
            # It cannot be asked for any more; inference drops it by age or at its next start.
            _log.warning("adapter_not_unloaded", adapter=version, reason=error.reason)
        await self._store.delete_prefix(adapter_prefix(tenant, user, version))

    async def unregistered_imports(self, tenant: str, user: str) -> list[AdapterManifest]:
        """Versions that are being imported now, or whose import broke off."""
        folder = user_adapters_prefix(tenant, user)
        keys = await self._store.list_keys(folder)
        stored = {key.removeprefix(folder).partition("/")[0] for key in keys if key.endswith(f"/{MANIFEST_FILE}")}
        stored -= {one.version for one in await self._registry.versions(tenant, user)}
        manifests = []
        for version in sorted(stored):
            try:
                data = await self._store.get_bytes(adapter_prefix(tenant, user, version) + MANIFEST_FILE)
                manifests.append(manifest_from_bytes(data))
            except (NotFound, FailedPrecondition):
                # Deleted meanwhile, or of a version that was no import.
                continue
        return [manifest for manifest in manifests if manifest.origin == "imported"]


def _zip(folder: str, files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    # Weights do not get smaller, so nothing is compressed.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(f"{folder}/{name}", data)
    return packed.getvalue()
