"""Brings candidates into the object store, makes one the serving version, and clears the others away.

Knows nothing of training or of the gate's rules.
"""

import hashlib

import structlog

from services.common.errors import LoreleiError, NotFound, StaleVersion, Unavailable
from services.common.identifiers import belongs_to_job
from services.common.keys import (
    ADAPTER_CONFIG_FILE,
    ADAPTER_WEIGHTS_FILE,
    MANIFEST_FILE,
    adapter_prefix,
    user_adapters_prefix,
)
from services.common.manifest import AdapterManifest, manifest_to_bytes
from services.common.object_store import ObjectStore
from services.common.registry import AdapterRegistry
from services.trainer.gate.serving import AdapterVersion, Serving, version_of
from services.trainer.jobs import TrainingJob
from services.trainer.training.contract import AdapterFiles

_log = structlog.get_logger()


class Publisher:
    """Uploads, publishes and discards adapter versions; raises Unavailable when a store is out of reach."""

    def __init__(self, store: ObjectStore, registry: AdapterRegistry, serving: Serving) -> None:
        self._store = store
        self._registry = registry
        self._serving = serving

    async def upload(self, manifest: AdapterManifest, files: AdapterFiles) -> None:
        """Store a candidate, read it back and compare; raise Unavailable when the store returns something else."""
        prefix = adapter_prefix(manifest.tenant, manifest.user, manifest.version)
        await self._store.put_bytes(prefix + ADAPTER_WEIGHTS_FILE, files.weights)
        await self._store.put_bytes(prefix + ADAPTER_CONFIG_FILE, files.config)
        stored = await self._store.get_bytes(prefix + ADAPTER_WEIGHTS_FILE)
        if hashlib.sha256(stored).hexdigest() != manifest.weights_sha256:
            raise Unavailable("The object store did not keep the adapter intact; try again later.")
        # The manifest comes last: where it is, the version is whole.
        await self._store.put_bytes(prefix + MANIFEST_FILE, manifest_to_bytes(manifest))

    async def publish(self, manifest: AdapterManifest, former: str | None) -> AdapterManifest:
        """Make the candidate the user's serving version, if `former` still is the one; return what serves.

        Raises StaleVersion otherwise. A job publishes once: the version returned may be one that another trainer
        has published for the job; the candidate is discarded then. When the registry is lost on the way, nobody
        knows whether it was published, so the candidate stays for `discard_orphans` to judge.
        """
        try:
            published = await self._registry.publish(manifest, expected_active=former)
        except StaleVersion:
            await self.discard(version_of(manifest))
            raise
        if published.version != manifest.version:
            await self.discard(version_of(manifest))
        return published

    async def discard(self, candidate: AdapterVersion) -> None:
        """Remove a candidate from serving and from the store; what fails is left to `discard_orphans`."""
        try:
            await self._serving.unload(candidate)
            await self._store.delete_prefix(adapter_prefix(candidate.tenant, candidate.user, candidate.version))
        except LoreleiError as error:
            _log.warning("candidate_not_discarded", version=candidate.version, code=error.code)

    async def discard_orphans(self, job: TrainingJob) -> None:
        """Remove unpublished candidates that an interrupted run of `job` has left behind."""
        folder = user_adapters_prefix(job.tenant, job.user)
        keys = await self._store.list_keys(folder)
        for version in sorted({key.removeprefix(folder).split("/")[0] for key in keys}):
            if belongs_to_job(version, job.job_id) and not await self._is_registered(job, version):
                _log.info("orphan_discarded", job=job.job_id, version=version)
                await self.discard(AdapterVersion(job.tenant, job.user, version))

    async def _is_registered(self, job: TrainingJob, version: str) -> bool:
        try:
            await self._registry.get(job.tenant, job.user, version)
        except NotFound:
            return False
        return True
