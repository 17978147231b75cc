"""A scripted HTTP server in the place of the gateway, and a way to run the command line against it."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.cli.__main__ import main

RunCli = Callable[..., int]


@dataclass
class Request:
    """What the server was asked."""

    route: str
    authorization: str
    body: dict[str, Any]
    last_event_id: str
    raw: bytes = b""


@dataclass
class ScriptedGateway:
    """Answers `METHOD /path?query` as told, and remembers what it was asked."""

    url: str = ""
    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    first_answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def answer(self, route: str, body: object, status: int = 200) -> None:
        """Answer `route` with JSON."""
        self.answers[route] = (status, "application/json", json.dumps(body))

    def stream(self, route: str, *events: object, once: bool = False) -> None:
        """Answer `route` (`once`: the first time) with server-sent events; strings go as they are, others as JSON."""
        data = [event if isinstance(event, str) else json.dumps(event) for event in events]
        text = "".join(f": alive\n\nid: {number}-0\ndata: {item}\n\n" for number, item in enumerate(data, start=1))
        (self.first_answers if once else self.answers)[route] = (200, "text/event-stream", text)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedGateway]:
    """A scripted gateway that the command line finds by LORELEI_URL."""
    scripted = ScriptedGateway()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            route = f"{self.command} {self.path}"
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_json = self.headers.get("Content-Type") == "application/json"
            scripted.requests.append(
                Request(
                    route,
                    self.headers.get("Authorization", ""),
                    json.loads(body) if is_json else {},
                    self.headers.get("Last-Event-ID", ""),
                    b"" if is_json else body,
                )
            )
            unknown = (404, "application/json", json.dumps({"error": {"message": f"No such thing: {route}"}}))
            answer = scripted.first_answers.pop(route, None) or scripted.answers.get(route, unknown)
            status, kind, text = answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the base class

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        scripted.url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("LORELEI_URL", scripted.url)
        monkeypatch.setenv("LORELEI_API_KEY", "key-1")
        monkeypatch.setenv("COLUMNS", "200")
        scripted.answer("GET /v1/me?user=default", {"tenant": "default", "user": "default", "active_version": None})
        yield scripted
        server.shutdown()
        thread.join()


@pytest.fixture
def run_cli(monkeypatch: pytest.MonkeyPatch) -> RunCli:
    """Run `lorelei ARGUMENT …` and return its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["lorelei", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    return run
