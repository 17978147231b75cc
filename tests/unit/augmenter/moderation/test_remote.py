"""Judgement by a model elsewhere, against a local server that speaks its protocol."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from services.augmenter.moderation.moderator import Category, Moderator, Origin
from services.augmenter.moderation.opening import open_moderator
from services.common.errors import Unavailable

Reply = tuple[int, Any]
CARD = "My card is 4111 1111 1111 1111."


class Server:
    """Answers every POST by `reply`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.reply: Callable[[dict[str, Any]], Reply] = lambda body: (500, {})
        self.url = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((self.path, self.headers.get("Authorization", ""), body))
            status, answer = state.reply(body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_port}/v1"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


def moderator(server: Server, kind: Literal["endpoint", "guard"]) -> Moderator:
    return open_moderator(kind, server.url, "judge-1", SecretStr("key-42"), 5.0, 0.985)


def moderations(body: dict[str, Any]) -> Reply:
    results = [{"flagged": "bad" in text, "categories": {"hate/threatening": True}} for text in body["input"]]
    return 200, {"results": results}


def guard(body: dict[str, Any]) -> Reply:
    verdict = "unsafe\nS1" if "bad" in body["messages"][0]["content"] else "safe"
    return 200, {"choices": [{"message": {"content": f" {verdict} "}}]}


async def test_an_endpoint_judges_in_batches_after_the_local_rules(server: Server) -> None:
    server.reply = moderations
    judge = moderator(server, "endpoint")
    findings = await judge.judge(["fine", "bad", CARD, *["fine"] * 70], Origin.USER)
    await judge.close()
    assert [finding.category if finding else None for finding in findings[:4]] == [
        None,
        Category.UNSAFE,
        Category.SECRET,
        None,
    ]
    assert "hate or threatening" in (findings[1].what if findings[1] else "")
    assert [len(body["input"]) for _, _, body in server.asked] == [64, 9]
    assert server.asked[0][:2] == ("/v1/moderations", "Bearer key-42")
    assert server.asked[0][2]["model"] == "judge-1"


async def test_a_guard_model_judges_text_by_text(server: Server) -> None:
    server.reply = guard
    judge = moderator(server, "guard")
    findings = await judge.judge(["fine", "bad"], Origin.WEB)
    await judge.close()
    assert findings[0] is None
    assert findings[1] is not None
    assert findings[1].category is Category.UNSAFE
    assert {path for path, _, _ in server.asked} == {"/v1/chat/completions"}


@pytest.mark.parametrize("kind", ["endpoint", "guard"])
@pytest.mark.parametrize(
    "reply",
    [
        (401, {"error": "bad key"}),
        (500, {}),
        (200, b"not json"),
        (200, {}),
        (200, {"results": []}),
        (200, {"choices": [{"message": {"content": "perhaps"}}]}),
    ],
)
async def test_nothing_is_let_through_unseen(server: Server, kind: Literal["endpoint", "guard"], reply: Reply) -> None:
    server.reply = lambda body: reply
    judge = moderator(server, kind)
    with pytest.raises(Unavailable) as refusal:
        await judge.judge(["My dog is Rex."], Origin.USER)
    await judge.close()
    assert "key-42" not in refusal.value.message


async def test_nobody_there_is_unavailable() -> None:
    judge = open_moderator("endpoint", "http://127.0.0.1:9/v1", "", SecretStr(""), 2.0, 0.985)
    with pytest.raises(Unavailable, match="check its address"):
        await judge.judge(["My dog is Rex."], Origin.USER)
    await judge.close()
