"""Makes a user's version of an adapter that somebody else may have made. Knows nothing of HTTP.

Listed and served is only what the registry has, and it gets a version last, once inference has loaded it. So a gateway
that dies on the way leaves nothing but files, which the user's next import deletes, and a forgetting too where they
know the lesson. The manifest is stored first, so that such files can be told from a training's.
"""

import asyncio
import hashlib
import math
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import structlog
from pydantic import ValidationError

from services.common.errors import FailedPrecondition, InvalidArgument, LoreleiError
from services.common.identifiers import new_job_id, new_version
from services.common.keys import (
    ADAPTER_CONFIG_FILE,
    ADAPTER_WEIGHTS_FILE,
    LESSON_DATASET_FILE,
    MANIFEST_FILE,
    adapter_prefix,
    user_lessons_prefix,
)
from services.common.manifest import AdapterManifest, manifest_from_bytes, manifest_to_bytes
from services.common.object_store import ObjectStore
from services.common.peft_config import PeftConfig
from services.common.registry import AdapterRegistry
from services.gateway.adapters import AdapterShelf
from services.gateway.peft_archive import PeftFiles, read_archive
from services.gateway.serving import AdapterVersion, BaseModel, Inference

_log = structlog.get_logger(__name__)

# No import takes nearly as long, so one that began before is not running any more, whichever gateway began it.
_BROKEN_OFF_AFTER = timedelta(hours=1)
_SHOWN_CHARACTERS = 100


class AdapterImporter:
    """Imports adapters of at most `max_bytes`, unpacked."""

    def __init__(
        self,
        registry: AdapterRegistry,
        store: ObjectStore,
        inference: Inference,
        adapters: AdapterShelf,
        max_bytes: int,
    ) -> None:
        self._registry = registry
        self._store = store
        self._inference = inference
        self._adapters = adapters
        self._max_bytes = max_bytes
        # Weights are in memory meanwhile, so only those of one adapter at a time.
        self._unpacking = asyncio.Lock()

    async def add(self, tenant: str, user: str, packed: BinaryIO, title: str) -> str:
        """Make an inactive version of the zip file `packed`, called `title` where that is not empty; return its name.

        Raises InvalidArgument that says why the adapter cannot be served, Unavailable, ResourceExhausted when inference
        has no slot to try it in. Nothing of it stays then.
        """
        base = await self._inference.base_model()
        await self._discard_broken_off(tenant, user)
        version = new_version(new_job_id())
        try:
            config, manifest = await self._put(tenant, user, version, packed, base)
            await self._try(manifest, config, base)
        except BaseException:
            await self._discard(tenant, user, version)
            raise
        # Should its answer be lost, nobody knows whether the version is registered, so the files stay.
        await self._registry.add(manifest)
        if title:
            await self._registry.name(tenant, user, version, title)
        _log.info("adapter_imported", adapter=version, bytes=manifest.size_bytes)
        return version

    async def _put(
        self, tenant: str, user: str, version: str, packed: BinaryIO, base: BaseModel
    ) -> tuple[PeftConfig, AdapterManifest]:
        async with self._unpacking:
            files = await asyncio.to_thread(read_archive, packed, self._max_bytes)
            config = _read_config(files.config)
            manifest = await self._manifest(AdapterVersion(tenant, user, version), files, config, base)
            await self._upload(manifest, files)
        return config, manifest

    async def _manifest(
        self, version: AdapterVersion, files: PeftFiles, config: PeftConfig, base: BaseModel
    ) -> AdapterManifest:
        """The version's own manifest; of what another one claims, only the lessons are kept that can be checked."""
        claimed = _read_manifest(files.manifest)
        sha256 = await asyncio.to_thread(_sha256, files.weights)
        if claimed is not None:
            _check_claims(claimed, sha256, base)
        return AdapterManifest(
            version=version.version,
            tenant=version.tenant,
            user=version.user,
            origin="imported",
            job_id=None,
            parent=None,
            base_model=base.name,
            base_model_sha256=base.weights_sha256,
            lessons=await self._kept_lessons(version, claimed.lessons if claimed else []),
            recipe=_shape(config),
            size_bytes=len(files.weights),
            weights_sha256=sha256,
            gate=None,
            created_at=datetime.now(UTC),
            seconds=0.0,
        )

    async def _upload(self, manifest: AdapterManifest, files: PeftFiles) -> None:
        prefix = adapter_prefix(manifest.tenant, manifest.user, manifest.version)
        await self._store.put_bytes(prefix + MANIFEST_FILE, manifest_to_bytes(manifest))
        await self._store.put_bytes(prefix + ADAPTER_CONFIG_FILE, files.config)
        await self._store.put_bytes(prefix + ADAPTER_WEIGHTS_FILE, files.weights)

    async def _try(self, manifest: AdapterManifest, config: PeftConfig, base: BaseModel) -> None:
        """Let inference load the version, which checks every tensor of it."""
        try:
            await self._inference.load(AdapterVersion(manifest.tenant, manifest.user, manifest.version))
        except FailedPrecondition as error:
            made_for = config.base_model_name_or_path or base.name
            hint = "" if made_for == base.name else f" It was made for {_shown(made_for)}; {base.name!r} is served."
            raise InvalidArgument(error.message + hint, field="body", reason=error.reason) from error

    async def _kept_lessons(self, version: AdapterVersion, claimed: list[str]) -> list[str]:
        """Those of the claimed lessons whose data this user still has, each once."""
        folder = user_lessons_prefix(version.tenant, version.user)
        kept = set(await self._store.list_keys(folder))
        return [one for one in dict.fromkeys(claimed) if f"{folder}{one}/{LESSON_DATASET_FILE}" in kept]

    async def _discard_broken_off(self, tenant: str, user: str) -> None:
        for manifest in await self._adapters.unregistered_imports(tenant, user):
            if datetime.now(UTC) - manifest.created_at > _BROKEN_OFF_AFTER:
                await self._discard(tenant, user, manifest.version)

    async def _discard(self, tenant: str, user: str, version: str) -> None:
        try:
            await self._adapters.discard(tenant, user, version)
        except LoreleiError as error:
            # The next import tries again.
            _log.warning("import_not_discarded", adapter=version, code=error.code)


def _read_config(data: bytes) -> PeftConfig:
    try:
        return PeftConfig.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "JSON"
        raise InvalidArgument(f"{ADAPTER_CONFIG_FILE}: {where}: {first['msg']}.", field=ADAPTER_CONFIG_FILE) from error


def _read_manifest(data: bytes | None) -> AdapterManifest | None:
    try:
        return manifest_from_bytes(data) if data is not None else None
    except FailedPrecondition as error:
        raise InvalidArgument(error.message, field=MANIFEST_FILE, reason=error.reason) from error


def _check_claims(claimed: AdapterManifest, weights_sha256: str, base: BaseModel) -> None:
    if claimed.base_model_sha256 != base.weights_sha256:
        raise InvalidArgument(
            f"The adapter was trained for another base model, {_shown(claimed.base_model)}, than the one served, "
            f"{base.name!r}, or for other weights of it.",
            field="base_model",
            reason="OTHER_BASE_MODEL",
        )
    if claimed.weights_sha256 != weights_sha256:
        raise InvalidArgument(
            f"{ADAPTER_WEIGHTS_FILE} has another SHA-256 than {MANIFEST_FILE} says.", field=ADAPTER_WEIGHTS_FILE
        )


def _shown(name: str) -> str:
    return repr(name[:_SHOWN_CHARACTERS])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _shape(config: PeftConfig) -> dict[str, float | int | str | bool]:
    """The part of a recipe that a training on top must keep."""
    # The trainer divides by the rank; rank-stabilised LoRA divides by its root.
    alpha = config.alpha * (math.sqrt(config.rank) if config.use_rslora else 1)
    return {"rank": config.rank, "alpha": alpha, "trained_layers": _trained_layers(config)}


def _trained_layers(config: PeftConfig) -> float:
    """Share of the layers, from the top; for other layers some number, and the trainer then refuses the weights."""
    layers = set(config.layers_to_transform or ())
    return len(layers) / (max(layers) + 1) if layers and min(layers) >= 0 else 1.0
