"""Writes the reference of the HTTP API from the gateway's own OpenAPI document. Starts nothing."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scripts.reference.kinds import Schema, cell, kind_of
from services.gateway.api.app import described_api

_HEAD = """# HTTP API

Made from the gateway's OpenAPI document, which a running gateway gives at `/openapi.json`; at `/docs` the same can be
tried. Every call under `/v1` takes `Authorization: Bearer KEY`. Errors have OpenAI's shape: `{"error": {"message": …,
"type": …, "param": …, "code": …}}`.
"""
_METHODS = ("get", "post", "put", "patch", "delete")
_OTHER = "service"


def http_api_page() -> str:
    """The page, in Markdown."""
    document = described_api().openapi()
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or [_OTHER])[0]
                by_tag[tag].append("\n\n".join(_operation(method, path, operation)))
    parts = [_HEAD]
    for tag, texts in by_tag.items():
        parts += [f"## {tag.capitalize()}", *texts]
    parts.append("## Schemas")
    for name, schema in document["components"]["schemas"].items():
        parts += [f"### {name} {{#{name.lower()}}}", *_schema(schema)]
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {operation['summary']} {{#{operation['operationId']}}}"
    yield f"`{method.upper()} {path}`"
    if operation.get("description"):
        yield operation["description"]
    parameters = operation.get("parameters", [])
    if parameters:
        rows = [
            f"| `{one['name']}` | {one['in']} | {kind_of(one['schema'])} | {_default(one['schema'], one)} "
            f"| {cell(one.get('description', ''))} |"
            for one in parameters
        ]
        yield "\n".join(["| parameter | in | type | default | |", "|---|---|---|---|---|", *rows])
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body, `{media_type}`: {kind_of(content['schema'])}"
        if "properties" in content["schema"]:
            yield from _schema(content["schema"])
    answers = (_answer(status, answer) for status, answer in operation["responses"].items())
    yield f"Answers: {'; '.join(answers)}."


def _answer(status: str, answer: dict[str, Any]) -> str:
    said = f"`{status}` {answer['description'].removesuffix('.')}"
    kinds = [kind_of(content["schema"]) for content in answer.get("content", {}).values() if "schema" in content]
    # Errors all have the same body, which the page tells at its top.
    return f"{said}, {' or '.join(kinds)}" if status.startswith("2") and kinds else said


def _schema(schema: Schema) -> Iterator[str]:
    if schema.get("description"):
        yield schema["description"]
    if "properties" not in schema:
        yield kind_of(schema)
        return
    required = schema.get("required", [])
    rows = [
        f"| `{name}` | {kind_of(field)} | {_default(field, {'required': name in required})} "
        f"| {cell(field.get('description', ''))} |"
        for name, field in schema["properties"].items()
    ]
    yield "\n".join(["| field | type | default | |", "|---|---|---|---|", *rows])


def _default(schema: Schema, holder: dict[str, Any]) -> str:
    if holder.get("required"):
        return "required"
    return f"`{schema['default']}`" if schema.get("default") not in (None, "") else ""
