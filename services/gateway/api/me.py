"""/v1/me: who calls, and what serves them."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from services.gateway.api.callers import QueryCaller
from services.gateway.api.parts import Parts

router = APIRouter(tags=["me"])


class LimitsBody(TypedDict):
    """The most that is taken of one user: bytes of a request and of an import, characters, lessons at a time."""

    request_bytes: int
    import_bytes: int
    statement_characters: int
    unfinished_lessons: int


class CallerBody(TypedDict):
    """Who calls, and the version that serves them; null for the untaught model."""

    tenant: str
    user: str
    active_version: str | None
    limits: LimitsBody


@router.get("/v1/me", summary="Who am I?")
async def show_caller(parts: Parts, who: QueryCaller) -> CallerBody:
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
