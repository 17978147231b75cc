"""The OpenAPI document: what FastAPI knows of the routes, and the errors that all of them may answer."""

from typing import Any

from fastapi import FastAPI

from services.gateway.api.errors import ErrorBody

_ERRORS = {
    "400": "The request is wrong; `param` names the culprit.",
    "401": "The API key is missing or unknown.",
    "404": "There is no such thing for this API key and user.",
    "500": "Something failed inside; the operator's log knows what.",
    "503": "A part is out of reach or starting; try again after `Retry-After` seconds.",
    "504": "It took too long.",
}
_ERRORS_OF_CHANGES = {
    "409": "It does not fit the present state, or somebody else was faster.",
    "413": "The request's body is too large.",
    "429": "Too much is waiting already; try again after `Retry-After` seconds.",
}
_READING = "get"
# Documented by FastAPI, which does not know that such requests are answered with 400 here.
_FASTAPIS_OWN = "422"
_FASTAPIS_SCHEMAS = ("HTTPValidationError", "ValidationError")


class DocumentedApi(FastAPI):
    """A FastAPI application whose document tells the errors of every operation that needs a key."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            self.openapi_schema = _with_errors(super().openapi())
        return self.openapi_schema


def _with_errors(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for name in _FASTAPIS_SCHEMAS:
        schemas.pop(name, None)
    body = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= body.pop("$defs") | {"ErrorBody": body}
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"].pop(_FASTAPIS_OWN, None)
            if "security" in operation:
                errors = _ERRORS if method == _READING else _ERRORS | _ERRORS_OF_CHANGES
                operation["responses"] |= {status: _error(errors[status]) for status in sorted(errors)}
    return document


def _error(description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    return {"description": description, "content": content}
