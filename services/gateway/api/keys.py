"""/v1/operator/keys: API keys of all tenants, for who runs Lorelei; a key itself is told once, when it is made."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.common.identifiers import NAME_PATTERN, check_tenant
from services.gateway.api.callers import OPERATORS_ONLY, check_operator
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.audit import AuditEntry, AuditKind
from services.gateway.tenants import KEY_ID_PATTERN, TenantKey

router = APIRouter(
    prefix="/v1/operator/keys", tags=["operator"], dependencies=[Depends(check_operator)], responses=OPERATORS_ONLY
)


class KeyRequest(BaseModel):
    """Who gets a key."""

    model_config = ConfigDict(extra="forbid")

    tenant: str = Field(
        description="Name of a tenant; one that is new begins to exist.", json_schema_extra={"pattern": NAME_PATTERN}
    )


class KeyBody(TypedDict):
    """What is known of an API key but the key itself; the time is in seconds since the epoch."""

    id: str
    object: Literal["operator.key"]
    tenant: str
    created_at: float


class NewKeyBody(KeyBody):
    """A new API key; `key` is kept nowhere and never told again."""

    key: str


class KeyListBody(TypedDict):
    """API keys, newest first."""

    object: Literal["list"]
    data: list[KeyBody]


class KeyRevokedBody(TypedDict):
    """The key acts for nobody any more."""

    id: str
    object: Literal["operator.key"]
    deleted: Literal[True]


@router.post("", summary="Make an API key", status_code=201)
async def make_key(request: KeyRequest, parts: Parts) -> NewKeyBody:
    """A new key of a tenant, which need not exist before. Needs the operator's key."""
    key, secret = await parts.keys.issue(request.tenant)
    await _note(parts, AuditKind.KEY_ISSUED, key)
    return {**_key_body(key), "key": secret}


@router.get("", summary="List API keys")
async def list_keys(
    parts: Parts,
    tenant: Annotated[
        str | None, Query(description="Only keys of this tenant.", json_schema_extra={"pattern": NAME_PATTERN})
    ] = None,
) -> KeyListBody:
    """Keys of all tenants or of one, newest first, without the keys themselves. Needs the operator's key."""
    keys = await parts.keys.all("" if tenant is None else check_tenant(tenant))
    return {"object": "list", "data": [_key_body(key) for key in keys]}


@router.delete("/{key_id}", summary="Revoke an API key")
async def revoke_key(
    key_id: Annotated[str, Path(description="Id of an API key.", json_schema_extra={"pattern": KEY_ID_PATTERN})],
    parts: Parts,
) -> KeyRevokedBody:
    """Refuse a key from the next request on; what its tenant's users have stays. Needs the operator's key."""
    await _note(parts, AuditKind.KEY_REVOKED, await parts.keys.get(key_id))
    await parts.keys.revoke(key_id)
    return {"id": key_id, "object": "operator.key", "deleted": True}


async def _note(parts: GatewayParts, kind: AuditKind, key: TenantKey) -> None:
    await parts.audit.record(AuditEntry(kind, time.time(), key.tenant, "", subject=key.id))


def _key_body(key: TenantKey) -> KeyBody:
    return {"id": key.id, "object": "operator.key", "tenant": key.tenant, "created_at": key.created_at}
