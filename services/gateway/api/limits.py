"""Refuses request bodies that are too large before anything parses them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import BinaryIO, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.errors import Cancelled, InvalidArgument
from services.gateway.api.errors import error_response
from services.gateway.peft_archive import too_large

# A client that is still sending cannot read the refusal, so its body is read to the end, up to this size.
_DISCARD_BYTES = 16 * 1024 * 1024


@asynccontextmanager
async def spooled_body(request: Request, max_bytes: int) -> AsyncIterator[BinaryIO]:
    """The body in a file without a name.

    Raises InvalidArgument when it is larger than `max_bytes`, Cancelled when the client leaves.
    """
    if int(request.headers.get("content-length", 0)) > max_bytes:
        raise too_large(max_bytes, "packed")
    with tempfile.TemporaryFile() as file:
        try:
            async for chunk in request.stream():
                await asyncio.to_thread(file.write, chunk)
                if file.tell() > max_bytes:
                    raise too_large(max_bytes, "packed")
        except ClientDisconnect as error:
            raise Cancelled("The upload was broken off.") from error
        file.flush()
        yield cast(BinaryIO, file)


class BodyLimit:
    """ASGI middleware: bodies of at most `max_bytes`, but for POST to `spooled_paths`, which have their own limits."""

    def __init__(self, app: ASGIApp, max_bytes: int, spooled_paths: Collection[str]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._spooled = frozenset(spooled_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and scope["path"] in self._spooled:
            await self._app(scope, *_reading_to_the_end(receive, send))
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length")
        if declared is None and "transfer-encoding" in headers:
            body = await self._read(receive)
            if body is not None:
                await self._app(scope, _replay(body, receive), send)
                return
        elif int(declared or 0) <= self._max_bytes:
            await self._app(scope, receive, send)
            return
        else:
            await _discard(receive)
        await error_response(self._too_large())(scope, receive, _closing(send))

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body, or None when it is too large."""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_bytes:
                if more:
                    await _discard(receive)
                return None
        return bytes(body)

    def _too_large(self) -> InvalidArgument:
        return InvalidArgument(
            f"The request body is too large; at most {self._max_bytes} bytes are allowed.", reason="REQUEST_TOO_LARGE"
        )


async def _discard(receive: Receive) -> None:
    seen = 0
    while seen <= _DISCARD_BYTES:
        message = await receive()
        seen += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _reading_to_the_end(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Both, so that an answer waits for the rest of the body."""
    ended = False

    async def watched_receive() -> Message:
        nonlocal ended
        message = await receive()
        ended = not message.get("more_body", False)
        return message

    async def late_send(message: Message) -> None:
        if not ended and message["type"] == "http.response.start":
            await _discard(receive)
            await _closing(send)(message)
        else:
            await send(message)

    return watched_receive, late_send


def _closing(send: Send) -> Send:
    """`send`, but the connection ends with the answer, because more of the body may still be coming."""

    async def closing_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return closing_send


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
