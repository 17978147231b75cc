"""Manifests for tests."""

from datetime import UTC, datetime

from services.common.identifiers import new_job_id
from services.common.manifest import AdapterManifest
from services.inference.adapters.key import AdapterKey


def manifest(key: AdapterKey, *, weights_sha256: str = "0" * 64, size_bytes: int = 1) -> AdapterManifest:
    """A manifest of the version `key`, made for the base model "base" with the hash "b"."""
    return AdapterManifest(
        version=key.version,
        tenant=key.tenant,
        user=key.user,
        job_id=new_job_id(),
        parent=None,
        base_model="base",
        base_model_sha256="b",
        lessons=[],
        recipe={},
        size_bytes=size_bytes,
        weights_sha256=weights_sha256,
        gate=None,
        created_at=datetime.now(UTC),
        seconds=0.0,
    )
