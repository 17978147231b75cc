"""Answers that are not JSON: streams of server-sent events, and files."""

from collections.abc import AsyncIterable

from fastapi.responses import Response, StreamingResponse


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
