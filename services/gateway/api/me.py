"""/v1/me: who calls, and what serves them."""

from typing import Any

from fastapi import APIRouter

from services.gateway.api.callers import QueryCaller
from services.gateway.api.parts import Parts

router = APIRouter(tags=["me"])


@router.get("/v1/me", summary="Who am I?")
async def show_caller(parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """The caller's tenant and user, the version that serves them, and their limits."""
    return {
        "tenant": who.tenant,
        "user": who.user,
        "active_version": await parts.adapters.active(who.tenant, who.user),
        "limits": {
            "request_bytes": parts.limits.max_body_bytes,
            "import_bytes": parts.limits.max_import_bytes,
            "statement_characters": parts.limits.max_statement_characters,
            "unfinished_lessons": parts.limits.max_unfinished_lessons,
        },
    }
