"""Carries calls to a Lorelei over HTTP and turns what goes wrong into errors. Knows no endpoint."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from httpx_sse import EventSource, ServerSentEvent, SSEError

from services.cli.errors import Refused, Unreachable

_CONNECT_TIMEOUT_SECONDS = 5.0
_BLOCK_BYTES = 64 * 1024


class Transport:
    """One caller's connection.

    Every method raises Unreachable when nobody answers, and Refused, with the server's own words, on an error.
    """

    def __init__(self, base_url: str, api_key: str, call_timeout_seconds: float, stream_timeout_seconds: float) -> None:
        self._base_url = base_url
        connect_seconds = min(_CONNECT_TIMEOUT_SECONDS, call_timeout_seconds)
        self._stream_timeout = httpx.Timeout(stream_timeout_seconds, connect=connect_seconds)
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(call_timeout_seconds, connect=connect_seconds),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Call and return the JSON object that is answered."""
        with self._reaching():
            response = self._http.request(method, path, **arguments)
            _check(response)
            return dict(response.json()) if response.content else {}

    def look(self, path: str) -> dict[str, Any]:
        """The JSON object at `path`, whatever the status."""
        with self._reaching():
            return dict(self._http.get(path).json())

    @contextmanager
    def events(self, method: str, path: str, **arguments: Any) -> Iterator[Iterator[ServerSentEvent]]:
        """Call and yield the events that are streamed."""
        with self._streaming(method, path, **arguments) as response:
            # A comment that keeps the connection alive comes out as an event without data.
            yield (event for event in EventSource(response).iter_sse() if event.data)

    @contextmanager
    def download(self, path: str, **arguments: Any) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Yield the size in bytes (0: unknown) and the blocks of what is at `path`."""
        with self._streaming("GET", path, **arguments) as response:
            yield int(response.headers.get("Content-Length", 0)), response.iter_bytes(_BLOCK_BYTES)

    @contextmanager
    def _streaming(self, method: str, path: str, **arguments: Any) -> Iterator[httpx.Response]:
        with (
            self._reaching(),
            self._http.stream(method, path, timeout=self._stream_timeout, **arguments) as response,
        ):
            if response.is_error:
                response.read()
            _check(response)
            yield response

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"Lorelei is not running at {self._base_url}. Start it with `lorelei up` (or `make up`)."
            ) from error
        except httpx.TimeoutException as error:
            raise Unreachable(f"Lorelei at {self._base_url} did not answer in time.") from error
        except httpx.TransportError as error:
            raise Unreachable(f"The connection to Lorelei at {self._base_url} broke off.") from error
        except (json.JSONDecodeError, SSEError, KeyError) as error:
            raise Refused(f"What answers at {self._base_url} is not Lorelei.") from error


def parsed(event: ServerSentEvent) -> dict[str, Any]:
    """The JSON object of an event, or Refused."""
    try:
        return dict(event.json())
    except ValueError as error:
        raise Refused("Lorelei sent an event that is not JSON.") from error


def _check(response: httpx.Response) -> None:
    if not response.is_error:
        return
    try:
        error = dict(response.json()["error"])
        message = str(error["message"])
    except (ValueError, KeyError, TypeError):
        raise Refused(f"HTTP {response.status_code} from {response.url}.", response.status_code) from None
    if response.status_code == httpx.codes.UNAUTHORIZED:
        message += " Give the key with --api-key or LORELEI_API_KEY, or LORELEI_HOME to find its file."
    raise Refused(message, response.status_code, str(error.get("code") or "refused"), error.get("param"))
