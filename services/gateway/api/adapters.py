"""/v1/adapters: what a user's model has become, version by version."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from services.common.identifiers import check_version
from services.common.manifest import AdapterManifest
from services.gateway.api.callers import QueryCaller
from services.gateway.api.parts import Parts

router = APIRouter(prefix="/v1/adapters", tags=["adapters"])

Version = Annotated[str, Path(description="Name of a version.")]
VersionOrBase = Annotated[str, Path(description="Name of a version, or `base` for the untaught model.")]

_BASE = "base"


@router.get("", summary="List versions")
async def list_adapters(parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """The user's versions, newest first; each alone also shows its answers to the gate's questions."""
    active = await parts.adapters.active(who.tenant, who.user)
    versions = await parts.adapters.versions(who.tenant, who.user)
    return {"object": "list", "data": [_adapter_body(manifest, active, answers=False) for manifest in versions]}


@router.get("/{version}", summary="Show a version")
async def show_adapter(version: Version, parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """One version: where it comes from, what it knows and what the gate found, with answers before and after."""
    manifest = await parts.adapters.get(who.tenant, who.user, check_version(version))
    return _adapter_body(manifest, await parts.adapters.active(who.tenant, who.user))


@router.get("/{version}/download", summary="Download a version", response_class=Response)
async def download_adapter(version: Version, parts: Parts, who: QueryCaller) -> Response:
    """A zip file of a standard PEFT folder, which PEFT and vLLM read, with the version's manifest."""
    packed = await parts.adapters.export(who.tenant, who.user, check_version(version))
    disposition = f'attachment; filename="{version}.zip"'
    return Response(packed, media_type="application/zip", headers={"Content-Disposition": disposition})


@router.post("/{version}/activate", summary="Let a version serve")
async def activate_adapter(version: VersionOrBase, parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """Roll back or forward: new replies come from this version, running ones end on theirs."""
    chosen = None if version == _BASE else check_version(version)
    await parts.adapters.activate(who.tenant, who.user, chosen)
    return {"object": "adapter.activation", "user": who.user, "active_version": chosen}


@router.delete("/{version}", summary="Delete a version")
async def delete_adapter(version: Version, parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """Delete a version for good; the one that serves is refused."""
    await parts.adapters.delete(who.tenant, who.user, check_version(version))
    return {"object": "adapter.deleted", "version": version, "deleted": True}


def _adapter_body(manifest: AdapterManifest, active: str | None, *, answers: bool = True) -> dict[str, Any]:
    body = manifest.model_dump(mode="json", exclude={"tenant"})
    if body["gate"] and not answers:
        del body["gate"]["answers"]
    return {"id": manifest.version, "object": "adapter", "active": manifest.version == active, **body}
