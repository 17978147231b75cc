"""Answers that are not JSON: streams of server-sent events, and files."""

from collections.abc import AsyncIterable
from typing import Any

from fastapi.responses import Response, StreamingResponse
from pydantic import TypeAdapter

# OpenAI's events have no name; the last one holds no JSON.
CHUNK_EVENT = {
    "type": "object",
    "properties": {"data": {"type": "string", "description": "A chunk of the completion, or `[DONE]`."}},
    "required": ["data"],
}


class EventStream(StreamingResponse):
    """Server-sent events, which no proxy may hold back."""

    media_type = "text/event-stream"

    # FastAPI reads the status for its document from here.
    def __init__(self, events: AsyncIterable[str | bytes], status_code: int = 200) -> None:
        super().__init__(events, status_code, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


class FileStream(StreamingResponse):
    """The bytes of a file of any kind."""

    media_type = "application/octet-stream"


class ZipFile(Response):
    """A zip file."""

    media_type = "application/zip"


def event_answers(data: Any) -> dict[int | str, dict[str, Any]]:
    """Tells the OpenAPI document what an event holds: `data` is its type, of whose parts other answers tell."""
    payload = TypeAdapter(data).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    # FastAPI puts the types of all JSON answers where the references lead.
    payload.pop("$defs", None)
    fields = {
        "id": {"type": "string", "description": "Send it as `Last-Event-ID` to go on behind this event."},
        "event": {"const": "progress"},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": payload},
    }
    schema = {"type": "object", "properties": fields, "required": [*fields]}
    return {200: {"content": {EventStream.media_type: {"schema": schema}}}}
