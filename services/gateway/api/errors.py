"""Maps errors to HTTP, in OpenAI's shape. The one place that knows which status belongs to which error."""

import json
import math
from collections.abc import Sequence
from typing import Any, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from services.common.errors import InternalError, InvalidArgument, LoreleiError, NotFound

_log = structlog.get_logger(__name__)

_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "FAILED_PRECONDITION": 409,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 503,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
# Reasons that are told apart from others of their code.
_STATUSES_BY_REASON = {"MODERATION": 422, "REQUEST_TOO_LARGE": 413, "METHOD_NOT_ALLOWED": 405}
_TYPES = {401: "authentication_error", 429: "rate_limit_error"}
# As pydantic calls them.
_MALFORMED_JSON, _UNKNOWN_FIELD, _MISSING_FIELD = "json_invalid", "extra_forbidden", "missing"


class ErrorDetail(BaseModel):
    """What went wrong: `param` names the culprit in the request, `code` tells causes apart."""

    message: str
    type: Literal["invalid_request_error", "authentication_error", "rate_limit_error", "api_error"]
    param: str | None
    code: str


class ErrorBody(BaseModel):
    """An error, in OpenAI's shape."""

    error: ErrorDetail


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error of `app` in OpenAI's shape."""
    app.add_exception_handler(LoreleiError, _answer_lorelei_error)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(Exception, _answer_unknown_error)


def unsupported_parameter(name: str) -> InvalidArgument:
    """The error for a parameter that is not honoured."""
    return InvalidArgument(f"`{name}` is not supported; leave it out.", field=name, reason="UNSUPPORTED_PARAMETER")


def error_body(error: LoreleiError) -> dict[str, Any]:
    """The body that tells a client about `error`."""
    return {
        "error": {
            "message": error.message,
            "type": _error_type(_status(error)),
            "param": error.field or None,
            "code": error.reason.lower(),
        }
    }


def error_response(error: LoreleiError) -> Response:
    """The whole answer to a request that failed with `error`."""
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    # Escaped to ASCII: a message may quote what the client sent, even text that UTF-8 cannot express.
    return Response(json.dumps(error_body(error)), _status(error), headers, "application/json")


def as_public_error(error: Exception, event: str) -> LoreleiError:
    """`error` itself when it is fit for clients; else log it as `event` and return a plain internal error."""
    if isinstance(error, LoreleiError):
        return error
    _log.error(event, exc_info=error)
    return InternalError()


def _status(error: LoreleiError) -> int:
    return _STATUSES_BY_REASON.get(error.reason) or _STATUSES.get(error.code, 500)


def _error_type(status: int) -> str:
    return _TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")


async def _answer_lorelei_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, LoreleiError)  # noqa: S101 - starlette's handlers are typed for all exceptions
    return error_response(error)


async def _answer_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - see above
    first = error.errors()[0]
    if first["type"] == _MALFORMED_JSON:
        return error_response(InvalidArgument("The request body is not valid JSON.", reason="MALFORMED_JSON"))
    where = _place(first["loc"], error.body, is_missing=first["type"] == _MISSING_FIELD)
    if first["type"] == _UNKNOWN_FIELD:
        return error_response(unsupported_parameter(where))
    problem = f"`{where}`: {first['msg']}." if where else f"{first['msg']}."
    return error_response(InvalidArgument(problem, field=where))


def _place(path: Sequence[str | int], body: object, *, is_missing: bool) -> str:
    """Where in a request the fault lies, such as `messages[0].role`, from pydantic's path to it.

    The path also names the types among which pydantic tried to choose; these are found nowhere in `body`.
    """
    source, *parts = path
    if source != "body":
        return ".".join(str(part) for part in parts)
    place, value = "", body
    for number, part in enumerate(parts, start=1):
        if isinstance(part, int) and isinstance(value, list):
            place, value = f"{place}[{part}]", value[part]
        elif isinstance(value, dict) and part in value:
            place, value = f"{place}.{part}", value[part]
        elif is_missing and number == len(parts):
            place = f"{place}.{part}"
    return place.removeprefix(".")


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - see above
    if error.status_code == 404:
        return error_response(NotFound(f"There is nothing at {request.url.path}.", reason="UNKNOWN_PATH"))
    if error.status_code == 405:
        message = f"{request.method} is not allowed at {request.url.path}."
        refusal = error_response(InvalidArgument(message, reason="METHOD_NOT_ALLOWED"))
        refusal.headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
        return refusal
    return error_response(InvalidArgument(str(error.detail)))


def _allowed_methods(request: Request) -> set[str]:
    """The methods of all routes of the path; starlette tells those of one."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in routes for method in getattr(route, "methods", None) or ()}


async def _answer_unknown_error(_: Request, error: Exception) -> Response:
    return error_response(as_public_error(error, "request_failed"))
