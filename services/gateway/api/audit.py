"""/v1/audit: refused lessons and reported answers of all tenants, for the operator."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from typing_extensions import TypedDict

from services.gateway.api.callers import OPERATORS_ONLY, check_operator
from services.gateway.api.pages import PageBody, page_body
from services.gateway.api.parts import Parts
from services.gateway.audit import AuditEntry, AuditKind

router = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(check_operator)], responses=OPERATORS_ONLY)


class AuditEntryBody(TypedDict):
    """An event; `at` is in seconds since the epoch, `subject` the job or feedback that it is about.

    `categories` counts by reason what moderation refused; `text` is a reported answer, `reason` why it is reported.
    """

    id: str
    object: Literal["audit.entry"]
    kind: AuditKind
    at: float
    tenant: str
    user: str
    subject: str
    categories: dict[str, int]
    text: str
    reason: str


class AuditPageBody(PageBody):
    """A page of events, newest first."""

    data: list[AuditEntryBody]


@router.get("", summary="List refused lessons and reported answers")
async def list_entries(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str, Query(description="Id of the last entry of the page before.")] = "",
) -> AuditPageBody:
    """All tenants' entries, newest first. Needs the operator's key."""
    found = await parts.audit.page(limit + 1, after)
    data = [_entry_body(entry_id, entry) for entry_id, entry in found[:limit]]
    return {**page_body([entry_id for entry_id, _ in found], limit), "data": data}


def _entry_body(entry_id: str, entry: AuditEntry) -> AuditEntryBody:
    return {
        "id": entry_id,
        "object": "audit.entry",
        "kind": entry.kind,
        "at": entry.at,
        "tenant": entry.tenant,
        "user": entry.user,
        "subject": entry.subject,
        "categories": dict(entry.categories),
        "text": entry.text,
        "reason": entry.reason,
    }
