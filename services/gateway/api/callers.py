"""Finds out who calls: the tenant or the operator by the API key, the end user by the `user` field or parameter."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field

from services.common.errors import PermissionDenied, Unauthenticated
from services.common.identifiers import NAME_PATTERN, check_user
from services.gateway.api.errors import unsupported_parameter
from services.gateway.api.parts import Parts

DEFAULT_USER = "default"

_USER = {"pattern": NAME_PATTERN}

BodyUser = Annotated[
    str | None, Field(description="End user inside your tenant; default `default`.", json_schema_extra=_USER)
]

_bearer = HTTPBearer(auto_error=False, description="An API key of Lorelei.")


@dataclass(frozen=True)
class Caller:
    """An end user of a tenant."""

    tenant: str
    user: str


async def _key(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None:
        raise Unauthenticated("Send your API key as `Authorization: Bearer KEY`.", reason="MISSING_API_KEY")
    return credentials.credentials


_Key = Annotated[str, Depends(_key)]


async def _tenant(parts: Parts, api_key: _Key) -> str:
    return await parts.keys.tenant_of(api_key)


Tenant = Annotated[str, Depends(_tenant)]


# What `check_operator` may answer beside the errors of every call.
OPERATORS_ONLY: dict[int | str, dict[str, str]] = {403: {"description": "The API key is a tenant's."}}


async def check_operator(parts: Parts, api_key: _Key) -> None:
    """Let only the operator's key pass; raises PermissionDenied for a tenant's, Unauthenticated for others."""
    if not parts.operator.is_it(api_key):
        await parts.keys.tenant_of(api_key)
        raise PermissionDenied("This takes the operator's key; yours is a tenant's.", reason="NOT_THE_OPERATOR")


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse, by name, a query parameter that the route does not know; raises InvalidArgument.

    Clients that send `user` with all calls may send it also where nothing is any user's, but not beside a body, which
    has its own place for it.
    """
    route = request.scope["route"]
    known = {one.alias for one in get_flat_dependant(route.dependant).query_params}
    if route.body_field is None:
        known.add("user")
    for name in request.query_params:
        if name not in known:
            raise unsupported_parameter(name)


def caller(tenant: str, user: str | None) -> Caller:
    """The caller whose request carries `user`, or InvalidArgument."""
    return Caller(tenant, check_user(DEFAULT_USER if user is None else user))


async def _query_caller(
    tenant: Tenant,
    user: Annotated[str, Query(description="End user, as in a request body.", json_schema_extra=_USER)] = DEFAULT_USER,
) -> Caller:
    return caller(tenant, user)


QueryCaller = Annotated[Caller, Depends(_query_caller)]
