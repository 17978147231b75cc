"""/v1/adapters: what a user's model has become, version by version."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.common.identifiers import VERSION_PATTERN, check_job_id, check_title, check_version
from services.gateway.api.adapter_bodies import (
    ActivationBody,
    AdapterBody,
    AdapterDeletedBody,
    AdapterListBody,
    AdapterNameBody,
    adapter_body,
    listed_adapter_body,
)
from services.gateway.api.callers import BodyUser, QueryCaller, Tenant, caller
from services.gateway.api.jobs import JobBody, job_body
from services.gateway.api.limits import spooled_body
from services.gateway.api.parts import Parts
from services.gateway.api.streams import ZipFile

router = APIRouter(prefix="/v1/adapters", tags=["adapters"])

Version = Annotated[str, Path(description="Name of a version.", json_schema_extra={"pattern": VERSION_PATTERN})]
VersionOrBase = Annotated[
    str, Path(description="Name of a version, yours or its own, or `base` for the untaught model.")
]

IMPORT_PATH = f"{router.prefix}/import"

_BASE = "base"
_ZIP_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_MAX_LESSONS = 200


class CompositionRequest(BaseModel):
    """Lessons that a new version shall know; it knows nothing else."""

    model_config = ConfigDict(extra="forbid")

    lessons: list[str] = Field(min_length=1, max_length=_MAX_LESSONS, description="Ids of your lessons.")
    name: str = Field(default="", description="Your own name for the version.")
    user: BodyUser = None


class NameRequest(BaseModel):
    """Your own name for a version."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="1 to 64 characters; an empty one takes the name away.")


@router.post("", summary="Compose a version", status_code=202)
async def compose_adapter(request: CompositionRequest, parts: Parts, tenant: Tenant) -> JobBody:
    """Train a fresh version of exactly these lessons, from their stored data, and let it serve.

    Returns the job that does so; watch it at /v1/learn/{id}/events.
    """
    who = caller(tenant, request.user)
    lessons = [check_job_id(lesson) for lesson in request.lessons]
    return job_body(await parts.desk.compose(who.tenant, who.user, lessons, check_title(request.name)))


@router.post("/import", summary="Import a version", status_code=201, openapi_extra=_ZIP_BODY)
async def import_adapter(
    request: Request,
    parts: Parts,
    who: QueryCaller,
    name: Annotated[str, Query(description="Your own name for the version.")] = "",
) -> AdapterBody:
    """Make a new version of a zip file: a version that was downloaded here, or any PEFT folder of plain LoRA.

    The folder's `adapter_config.json` and `adapter_model.safetensors` lie at the top of the zip file or in one folder
    of it. The version serves only once it is activated. Of the lessons that a `manifest.json` of ours lists, it keeps
    those whose data you still have; what the weights know beyond these, such as a lesson that was forgotten after the
    download, is known again when it serves, and neither forgetting nor its proof finds it.
    """
    title = check_title(name)
    async with spooled_body(request, parts.limits.max_import_bytes) as packed:
        version = await parts.importer.add(who.tenant, who.user, packed, title)
    return adapter_body(await parts.timeline.version(who.tenant, who.user, version))


@router.get("", summary="List versions")
async def list_adapters(parts: Parts, who: QueryCaller) -> AdapterListBody:
    """The user's versions, newest first, each with what was taught in it that its parent did not know.

    Of an imported version that is all lessons that it kept. The statement of a lesson is null when its data is gone.
    A version alone also shows its answers to the gate's questions.
    """
    chapters = await parts.timeline.versions(who.tenant, who.user)
    return {"object": "list", "data": [listed_adapter_body(chapter) for chapter in chapters]}


@router.get("/{version}", summary="Show a version")
async def show_adapter(version: Version, parts: Parts, who: QueryCaller) -> AdapterBody:
    """One version: where it comes from, what it knows and what the gate found, with answers before and after."""
    return adapter_body(await parts.timeline.version(who.tenant, who.user, check_version(version)))


@router.patch("/{version}", summary="Name a version")
async def name_adapter(version: Version, request: NameRequest, parts: Parts, who: QueryCaller) -> AdapterNameBody:
    """Give a version your own name, by which it can be activated; a name that another version has moves here."""
    title = check_title(request.name)
    await parts.records.name_version(who.tenant, who.user, check_version(version), title)
    return {"object": "adapter.name", "version": version, "name": title or None}


@router.get("/{version}/download", summary="Download a version", response_class=ZipFile)
async def download_adapter(version: Version, parts: Parts, who: QueryCaller) -> ZipFile:
    """A zip file of a standard PEFT folder, which PEFT and vLLM read, with the version's manifest."""
    packed = await parts.adapters.export(who.tenant, who.user, check_version(version))
    disposition = f'attachment; filename="{version}.zip"'
    return ZipFile(packed, headers={"Content-Disposition": disposition})


@router.post("/{version}/activate", summary="Let a version serve")
async def activate_adapter(version: VersionOrBase, parts: Parts, who: QueryCaller) -> ActivationBody:
    """Roll back or forward: new replies come from this version, running ones end on theirs."""
    chosen = None if version == _BASE else await parts.adapters.resolve(who.tenant, who.user, version)
    await parts.adapters.activate(who.tenant, who.user, chosen)
    return {"object": "adapter.activation", "user": who.user, "active_version": chosen}


@router.delete("/{version}", summary="Delete a version")
async def delete_adapter(version: Version, parts: Parts, who: QueryCaller) -> AdapterDeletedBody:
    """Delete a version for good; the one that serves is refused."""
    await parts.adapters.delete(who.tenant, who.user, check_version(version))
    return {"object": "adapter.deleted", "version": version, "deleted": True}
