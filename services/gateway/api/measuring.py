"""Measures how long requests take."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.metrics import GatewayMetrics

_UNKNOWN_ROUTE = "unknown"


class RequestTimer:
    """ASGI middleware: observes each request's duration by method, route and status."""

    def __init__(self, app: ASGIApp, metrics: GatewayMetrics) -> None:
        self._app = app
        self._requests = metrics.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and observe it at its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        finally:
            # The route's template, not the path: paths hold ids.
            route = getattr(scope.get("route"), "path", _UNKNOWN_ROUTE)
            self._requests.labels(scope["method"], route, status).observe(time.perf_counter() - started)
