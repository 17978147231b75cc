"""Judgement by a model elsewhere, against a local server that speaks its protocol."""

import json
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from services.augmenter.moderation.moderator import Category, Moderator, Origin
from services.augmenter.moderation.opening import open_moderator
from services.common.errors import FailedPrecondition, InvalidArgument, Unavailable

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
            with suppress(ConnectionError):  # the client may have given up
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
    assert [len(body["input"]) for _, _, body in server.asked] == [64, 8]
    assert CARD not in [text for _, _, body in server.asked for text in body["input"]], "secrets are not sent on"
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
        (200, []),
        (200, {"results": [{"flagged": None}]}),
        (200, {"results": [{"flagged": True, "categories": ["hate"]}]}),
        (200, {"choices": [{"message": {"content": "perhaps"}}]}),
        (200, {"choices": [{"message": {"content": "safety cannot be judged"}}]}),
        (200, {"choices": [{"message": {"content": None}}]}),
        (200, {"choices": []}),
        (302, {}),
    ],
)
async def test_nothing_is_let_through_unseen(server: Server, kind: Literal["endpoint", "guard"], reply: Reply) -> None:
    server.reply = lambda body: reply
    judge = moderator(server, kind)
    with pytest.raises(Unavailable) as refusal:
        await judge.judge(["My dog is Rex."], Origin.USER)
    await judge.close()
    assert "key-42" not in refusal.value.message
    assert "key-42" not in "".join(traceback.format_exception(refusal.value))


async def test_nobody_there_is_unavailable() -> None:
    judge = open_moderator("endpoint", "http://127.0.0.1:9/v1", "", SecretStr(""), 2.0, 0.985)
    with pytest.raises(Unavailable, match="check its address"):
        await judge.judge(["My dog is Rex."], Origin.USER)
    await judge.close()


@pytest.mark.parametrize("kind", ["endpoint", "guard"])
async def test_who_answers_too_late_is_unavailable(server: Server, kind: Literal["endpoint", "guard"]) -> None:
    given_up = threading.Event()

    def late(body: dict[str, Any]) -> Reply:
        given_up.wait()
        return 503, {}

    server.reply = late
    judge = open_moderator(kind, server.url, "judge-1", SecretStr("key-42"), 0.2, 0.985)
    try:
        with pytest.raises(Unavailable):
            await judge.judge(["My dog is Rex."], Origin.USER)
    finally:
        given_up.set()
        await judge.close()


async def test_after_a_failure_a_guard_model_is_asked_no_more(server: Server) -> None:
    judge = moderator(server, "guard")
    with pytest.raises(Unavailable):
        await judge.judge(["fine"] * 200, Origin.USER)
    await judge.close()
    assert len(server.asked) < 100


async def test_what_the_rules_refuse_is_not_sent_at_all(server: Server) -> None:
    judge = moderator(server, "guard")
    (finding,) = await judge.judge([CARD], Origin.USER)
    await judge.close()
    assert finding is not None
    assert server.asked == []


@pytest.mark.parametrize(
    ("kind", "url", "model", "setting"),
    [
        ("endpoint", "", "", "LORELEI_AUGMENTER_MODERATION_URL"),
        ("guard", "", "judge-1", "LORELEI_AUGMENTER_MODERATION_URL"),
        ("guard", "http://127.0.0.1:9/v1", "", "LORELEI_AUGMENTER_MODERATION_MODEL"),
    ],
)
def test_a_missing_setting_is_named(kind: Literal["endpoint", "guard"], url: str, model: str, setting: str) -> None:
    with pytest.raises(FailedPrecondition, match=setting):
        open_moderator(kind, url, model, SecretStr(""), 5.0, 0.985)


@pytest.mark.parametrize(
    ("url", "key", "setting"),
    [
        ("http://", "key-42", "MODERATION_URL"),
        ("http://host:port/v1", "key-42", "MODERATION_URL"),
        ("http://127.0.0.1:9/v1", "key-42\n", "MODERATION_API_KEY"),
        ("http://127.0.0.1:9/v1", "key-42é", "MODERATION_API_KEY"),
    ],
)
def test_an_unusable_setting_is_named_and_never_shown(url: str, key: str, setting: str) -> None:
    with pytest.raises(InvalidArgument, match=setting) as refusal:
        open_moderator("endpoint", url, "", SecretStr(key), 5.0, 0.985)
    assert "key-42" not in "".join(traceback.format_exception(refusal.value, chain=True))
