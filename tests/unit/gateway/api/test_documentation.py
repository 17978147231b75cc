"""The OpenAPI document says what every answer holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway.api.app import described_api

_JSON = "application/json"
_SUCCESSES = ("200", "201", "202")
# What is answered there is no JSON.
_OTHER_ANSWERS = {
    ("get", "/v1/learn/{job_id}/events"): "server-sent events",
    ("get", "/v1/works/{work_id}/events"): "server-sent events",
    ("get", "/v1/files/{file_id}/content"): "the bytes of a file",
    ("get", "/v1/adapters/{version}/download"): "a zip file",
    ("get", "/metrics"): "Prometheus' text",
}


def test_every_json_answer_has_a_schema_with_fields_and_a_sentence() -> None:
    document = described_api().openapi()
    for name, answer in _answers(document):
        if name not in _OTHER_ANSWERS:
            assert _JSON in answer.get("content", {}), name
            schema = _resolved(document, answer["content"][_JSON]["schema"])
            assert schema.get("properties"), name
            assert schema.get("description"), name


@pytest.mark.parametrize("name", _OTHER_ANSWERS)
def test_an_answer_that_is_excepted_is_no_json(name: tuple[str, str]) -> None:
    answers = [answer for found, answer in _answers(described_api().openapi()) if found == name]
    assert answers
    assert all(_JSON not in answer["content"] for answer in answers)


def test_every_stream_of_a_job_or_a_work_tells_what_its_events_hold() -> None:
    document = described_api().openapi()
    for name, answer in _answers(document):
        if _OTHER_ANSWERS.get(name) == "server-sent events":
            data = answer["content"]["text/event-stream"]["schema"]["properties"]["data"]
            assert "state" in data["contentSchema"]["properties"], name
            assert set(_references(data)) <= set(document["components"]["schemas"]), name


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix("#/components/schemas/")
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _answers(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status in _SUCCESSES:
                if status in operation["responses"]:
                    yield (method, path), operation["responses"][status]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found
