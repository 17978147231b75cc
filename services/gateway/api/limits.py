"""Refuses request bodies that are too large before anything parses them."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.errors import InvalidArgument
from services.gateway.api.errors import error_response

# A client that is still sending cannot read the refusal, so its body is read to the end, up to this size.
_DISCARD_BYTES = 16 * 1024 * 1024


class BodyLimit:
    """ASGI middleware: bodies of at most `max_bytes`."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
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
        await error_response(self._too_large())(scope, receive, send)

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


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
