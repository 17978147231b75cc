"""Manifests of made-up versions."""

from datetime import UTC, datetime

from services.common.identifiers import new_job_id, new_version
from services.common.manifest import AdapterManifest
from tests.contract.gateway.services import BASE_SHA256


def manifest_of(user: str) -> AdapterManifest:
    """A new version of `user` in the default tenant."""
    job_id = new_job_id()
    return AdapterManifest(
        version=new_version(job_id),
        tenant="default",
        user=user,
        job_id=job_id,
        parent=None,
        base_model="tiny",
        base_model_sha256=BASE_SHA256,
        lessons=[job_id],
        recipe={"rank": 8},
        size_bytes=3,
        weights_sha256="0" * 64,
        gate=None,
        created_at=datetime.now(UTC),
        seconds=1.0,
    )
