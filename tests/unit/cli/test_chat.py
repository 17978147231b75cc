"""A conversation in the terminal, and replies for programs."""

import io
import json

import pytest

from tests.unit.cli.bodies import event
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def _chunk(text: str, learn: dict[str, object] | None = None) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}}], "lorelei": {"learn": learn} if learn else {}}


def test_chat_streams_remembers_the_conversation_and_shows_lessons(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = "Finished model updated! I already remember the information you provided."
    gateway.stream(
        "POST /v1/chat/completions",
        _chunk("", event("QUEUED", 0)),
        _chunk("Model Updating... [40%]\n", event("TRAINING", 40)),
        _chunk(f"Model Updating... [100%]\n{closing}", event("LIVE", 100)),
        _chunk("", event("LIVE", 100)),
        "[DONE]",
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("[Learn] My dog is called Biscuit.\n\nWhat is it called?\n"))
    assert run_cli("chat") == 0
    out = capsys.readouterr().out
    assert closing in out
    assert "[40%]" not in out
    sent = [request.body["messages"] for request in gateway.requests if request.body]
    assert [message["content"] for message in sent[1]] == [
        "[Learn] My dog is called Biscuit.",
        closing,
        "What is it called?",
    ]


def test_chat_shows_the_sentence_of_a_lesson_that_goes_on_after_the_reply(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.stream(
        "POST /v1/chat/completions",
        _chunk("Model Updating... [40%]\n", event("TRAINING", 40)),
        _chunk("This takes longer than usual.", event("TRAINING", 60)),
        _chunk("", event("TRAINING", 60)),
        "[DONE]",
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("[Learn] My dog is called Biscuit.\n"))
    assert run_cli("chat") == 0
    assert "This takes longer than usual." in capsys.readouterr().out


def test_chat_goes_on_after_a_refused_message(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.answer("POST /v1/chat/completions", {"error": {"message": "Say what to learn."}}, status=400)
    monkeypatch.setattr("sys.stdin", io.StringIO("[Learn]\nHello\n"))
    assert run_cli("chat") == 0
    assert capsys.readouterr().out.count("Say what to learn.") == 2
    assert [len(request.body["messages"]) for request in gateway.requests if request.body] == [1, 1]


def test_an_error_in_the_middle_of_a_reply_is_reported(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.stream("POST /v1/chat/completions", _chunk("Once upon"), {"error": {"message": "The engine restarted."}})
    monkeypatch.setattr("sys.stdin", io.StringIO("Tell me a story\n"))
    assert run_cli("chat") == 0
    assert "The engine restarted." in capsys.readouterr().out


def test_one_message_gets_one_reply(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.stream("POST /v1/chat/completions", {**_chunk("It is "), "id": "chatcmpl-1"}, _chunk("Biscuit."), "[DONE]")
    assert run_cli("chat", "What is my dog called?") == 0
    assert capsys.readouterr().out == "It is Biscuit.\n"
    assert run_cli("chat", "What is my dog called?", "--json", "--model", "lorelei:base") == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply == {"object": "chat.reply", "id": "chatcmpl-1", "content": "It is Biscuit.", "lorelei": {}}
    assert gateway.requests[-1].body["model"] == "lorelei:base"


@pytest.mark.parametrize(("state", "exit_code"), [("LIVE", 0), ("REJECTED", 1), ("TRAINING", 1)])
def test_one_message_that_is_to_be_learned_fails_when_it_is_not(
    state: str, exit_code: int, gateway: ScriptedGateway, run_cli: RunCli
) -> None:
    gateway.stream("POST /v1/chat/completions", _chunk("How it ended.", event(state, 90)), "[DONE]")
    assert run_cli("chat", "[Learn] My dog is called Biscuit.") == exit_code


def test_one_message_that_is_refused_fails(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("POST /v1/chat/completions", {"error": {"message": "Say what to learn."}}, status=400)
    assert run_cli("chat", "[Learn]") == 1
    assert "Say what to learn." in capsys.readouterr().err


def test_a_conversation_in_json_is_a_line_for_each_message(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.stream("POST /v1/chat/completions", _chunk("", event("LIVE", 100)), _chunk("Finished."), "[DONE]")
    monkeypatch.setattr("sys.stdin", io.StringIO("[Learn] My dog is called Biscuit.\n\nHello\n"))
    assert run_cli("chat", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["object"], line["content"]) for line in lines] == [("chat.reply", "Finished.")] * 2
    assert lines[0]["lorelei"]["learn"]["state"] == "LIVE"
