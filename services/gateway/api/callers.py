"""Finds out who calls: the tenant by the API key, the end user by the `user` field or query parameter."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.common.errors import Unauthenticated
from services.common.identifiers import check_user
from services.gateway.api.parts import Parts

DEFAULT_USER = "default"

_bearer = HTTPBearer(auto_error=False, description="An API key of Lorelei.")


@dataclass(frozen=True)
class Caller:
    """An end user of a tenant."""

    tenant: str
    user: str


async def _tenant(parts: Parts, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None:
        raise Unauthenticated("Send your API key as `Authorization: Bearer KEY`.", reason="MISSING_API_KEY")
    return await parts.keys.tenant_of(credentials.credentials)


Tenant = Annotated[str, Depends(_tenant)]


def caller(tenant: str, user: str | None) -> Caller:
    """The caller whose request carries `user`, or InvalidArgument."""
    return Caller(tenant, check_user(user or DEFAULT_USER))


async def _query_caller(
    tenant: Tenant, user: Annotated[str, Query(description="End user, as in a request body.")] = DEFAULT_USER
) -> Caller:
    return caller(tenant, user)


QueryCaller = Annotated[Caller, Depends(_query_caller)]
