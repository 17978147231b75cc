"""What a person sees and what a script gets back from each command."""

import io
from pathlib import Path

import pytest

from services.embedded.ports import free_ports
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]
JOB = "learn-000000000000000000000001"
EVENTS = f"GET /v1/learn/{JOB}/events?user=default"


def _event(state: str, progress: int, **more: object) -> dict[str, object]:
    return {"job_id": JOB, "kind": "instruction", "state": state, "progress": progress, **more}


def _chunk(text: str, learn: dict[str, object] | None = None) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}}], "lorelei": {"learn": learn} if learn else {}}


def test_learn_succeeds_only_when_the_version_is_live(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB, "state": "QUEUED"}, status=202)
    gateway.stream(EVENTS, _event("TRAINING", 40), _event("LIVE", 100, version="v-1"))
    assert run_cli("learn", "My dog is called Biscuit.") == 0
    assert "version v-1 is live" in capsys.readouterr().out
    asked = gateway.requests[0]
    assert (asked.body, asked.authorization) == (
        {"text": "My dog is called Biscuit.", "user": "default"},
        "Bearer key-1",
    )


@pytest.mark.parametrize("state", ["REJECTED", "FAILED", "CANCELLED"])
def test_a_lesson_that_does_not_go_live_fails_with_its_reasons(
    state: str, gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, _event(state, 90, reasons=["It forgot an earlier lesson."], error="Out of steps."))
    assert run_cli("learn", "My dog is called Biscuit.") == 1
    assert f"({state}); your model is unchanged. It forgot an earlier lesson. Out of steps." in capsys.readouterr().err


def test_a_lesson_is_watched_on_when_the_gateway_restarts(gateway: ScriptedGateway, run_cli: RunCli) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, _event("TRAINING", 40), once=True)
    gateway.stream(EVENTS, _event("LIVE", 100, version="v-1"))
    assert run_cli("learn", "My dog is called Biscuit.") == 0
    assert [request.last_event_id for request in gateway.requests[1:]] == ["", "1-0"]


def test_a_lesson_that_takes_too_long_is_not_called_learned(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORELEI_LEARN_TIMEOUT_SECONDS", "0.01")
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, _event("TRAINING", 40))
    assert run_cli("learn", "My dog is called Biscuit.") in (1, 3)
    assert "is live" not in capsys.readouterr().out


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch, run_cli: RunCli, capsys: Capture) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    monkeypatch.setenv("LORELEI_URL", url)
    for command in (["status"], ["chat"], ["adapters"], ["learn", "Water is wet."]):
        assert run_cli(*command) == 3
        assert f"Lorelei is not running at {url}. Start it with `lorelei up`" in capsys.readouterr().err


def test_something_else_at_the_address(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answers["GET /readyz"] = (200, "text/html", "<html>")
    assert run_cli("status") == 1
    assert "is not Lorelei" in capsys.readouterr().err


def test_a_wrong_key_says_where_keys_come_from(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("GET /v1/adapters?user=default", {"error": {"message": "The API key is wrong."}}, status=401)
    assert run_cli("adapters") == 1
    assert "The API key is wrong. Give the key with --api-key" in capsys.readouterr().err


def test_the_key_of_the_home_is_used_when_none_is_given(
    gateway: ScriptedGateway, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LORELEI_API_KEY")
    monkeypatch.setenv("LORELEI_HOME", str(tmp_path))
    (tmp_path / "api_key").write_text("key-of-home\n")
    gateway.answer("GET /v1/adapters?user=default", {"data": []})
    assert run_cli("adapters") == 0
    assert gateway.requests[0].authorization == "Bearer key-of-home"


def test_options_override_the_environment(gateway: ScriptedGateway, run_cli: RunCli) -> None:
    gateway.answer("POST /v1/adapters/base/activate?user=ana", {})
    assert run_cli("--user", "ana", "--api-key", "key-2", "adapters", "activate", "base") == 0
    assert gateway.requests[0].authorization == "Bearer key-2"


def test_adapters_marks_the_active_version(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    version = {"parent": None, "lessons": [JOB], "size_bytes": 18_600_000, "created_at": "2026-05-03T10:00:00Z"}
    versions = [{**version, "version": name, "active": name == "v-2"} for name in ("v-2", "v-1")]
    gateway.answer("GET /v1/adapters?user=default", {"data": versions})
    assert run_cli("adapters") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["*", "v-1"]
    assert "v-2" in lines[1]
    assert "18.6 MB" in lines[1]


def test_delete_of_the_active_version_reports_the_servers_words(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    message = "v-2 serves you now; activate another version first."
    gateway.answer("DELETE /v1/adapters/v-2?user=default", {"error": {"message": message}}, status=422)
    assert run_cli("adapters", "delete", "v-2") == 1
    assert message in capsys.readouterr().err


def test_status_fails_while_a_service_is_not_ready(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(
        "GET /readyz", {"status": "not ready", "services": {"redis": "ready", "trainer": "not ready"}}, status=503
    )
    job = {"id": JOB, "state": "TRAINING", "progress": 40, "statement": "My dog is called Biscuit."}
    gateway.answer("GET /v1/learn?user=default&limit=10", {"data": [job]})
    assert run_cli("status") == 1
    out = capsys.readouterr().out
    assert all(text in out for text in ("trainer     not ready", "active version: base", "TRAINING", "40 %"))


def test_chat_streams_remembers_the_conversation_and_shows_lessons(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = "Finished model updated! I already remember the information you provided."
    gateway.stream(
        "POST /v1/chat/completions",
        _chunk("", _event("QUEUED", 0)),
        _chunk("Model Updating... [40%]\n", _event("TRAINING", 40)),
        _chunk(f"Model Updating... [100%]\n{closing}", _event("LIVE", 100)),
        _chunk("", _event("LIVE", 100)),
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
        _chunk("Model Updating... [40%]\n", _event("TRAINING", 40)),
        _chunk("This takes longer than usual.", _event("TRAINING", 60)),
        _chunk("", _event("TRAINING", 60)),
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


def _feedback(**more: object) -> dict[str, object]:
    item = {"id": "feedback-1", "rating": "down", "state": "kept", "answer": "[b]Sydney.", "message": "It is noted."}
    return {**item, "correction": None, "job_id": None, "reasons": [], **more}


def test_feedback_is_given_on_the_last_answer_or_a_named_one(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/feedback", _feedback(), status=201)
    assert run_cli("feedback", "up") == 0
    assert run_cli("feedback", "down", "chatcmpl-1", "--reason", "Unkind.", "--harmful") == 0
    assert run_cli("feedback", "correct", "Canberra.") == 0
    who = {"user": "default"}
    assert [request.body for request in gateway.requests] == [
        {**who, "completion_id": "last", "rating": "up", "reason": ""},
        {**who, "completion_id": "chatcmpl-1", "rating": "down", "reason": "Unkind.", "harmful": True},
        {**who, "completion_id": "last", "correction": "Canberra.", "reason": "", "learn_now": False},
    ]
    assert capsys.readouterr().out == "It is noted.\n" * 3


@pytest.mark.parametrize(("state", "exit_code"), [("LIVE", 0), ("REJECTED", 1)])
def test_a_correction_that_is_learned_now_is_waited_for(
    state: str, exit_code: int, gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/feedback", _feedback(state="learning", job_id=JOB), status=201)
    gateway.stream(EVENTS, _event("TRAINING", 40), _event(state, 100, version="v-1", reasons=["It forgot."]))
    assert run_cli("feedback", "correct", "Canberra.", "--now") == exit_code
    output = capsys.readouterr()
    assert ("version v-1 is live" in output.out, "It forgot." in output.err) == (exit_code == 0, exit_code == 1)


def test_feedback_lists_what_became_of_it_and_reports_the_servers_words(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    refused = _feedback(state="refused", correction="Canberra.", reasons=["It forgot."])
    gateway.answer("GET /v1/feedback?user=default&limit=20", {"data": [refused]})
    gateway.answer("POST /v1/feedback", {"error": {"message": "I remember no answer to you."}}, status=404)
    assert run_cli("feedback") == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("feedback-1", "refused", "[b]Sydney.", "Canberra.", "It forgot."))
    assert run_cli("feedback", "up") == 1
    assert "I remember no answer to you." in capsys.readouterr().err


def test_audit_shows_what_was_refused_and_reported_with_the_operators_key(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LORELEI_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "operator_key").write_text("key-of-operator\n")
    refused = {"id": "2-0", "at": 0.0, "kind": "lesson_refused", "tenant": "acme", "user": "ana", "subject": JOB}
    reported = {**refused, "id": "1-0", "kind": "harm_reported", "subject": "feedback-1"}
    data = [
        {**refused, "categories": {"secret": 1, "toxic": 2}, "text": "", "reason": ""},
        {**reported, "categories": {}, "text": "[red]Cats are evil.", "reason": "It is unkind."},
    ]
    gateway.answer("GET /v1/audit?limit=20&after=", {"data": data})
    assert run_cli("audit") == 0
    assert gateway.requests[0].authorization == "Bearer key-of-operator"
    out = capsys.readouterr().out
    assert all(text in out for text in ("1970-01-01 00:00", "secret 1, toxic 2", JOB, "feedback-1"))
    assert "“It is unkind.” · “[red]Cats are evil.”" in out


def test_audit_with_a_tenants_key_reports_the_servers_words(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORELEI_OPERATOR_KEY", "key-1")
    message = "There is nothing here for this API key."
    gateway.answer("GET /v1/audit?limit=5&after=9-0", {"error": {"message": message}}, status=404)
    assert run_cli("audit", "--limit", "5", "--after", "9-0") == 1
    assert message in capsys.readouterr().err
