"""/v1/audit: refused lessons and reported answers of all tenants, for the operator."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.gateway.api.callers import OPERATORS_ONLY, check_operator
from services.gateway.api.parts import Parts

router = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(check_operator)], responses=OPERATORS_ONLY)


@router.get("", summary="List refused lessons and reported answers")
async def list_entries(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str, Query(description="Id of the last entry of the page before.")] = "",
) -> dict[str, Any]:
    """All tenants' entries, newest first. Needs the operator's key."""
    found = await parts.audit.page(limit + 1, after)
    page = [{"id": entry_id, "object": "audit.entry", **asdict(entry)} for entry_id, entry in found[:limit]]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return {"object": "list", "data": page, **ends, "has_more": len(found) > limit}
