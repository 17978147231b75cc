"""What is thought of answers."""

import pytest

from tests.unit.cli.bodies import EVENTS, JOB, SHOWN_JOB, event, feedback, job
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def test_feedback_is_given_on_the_last_answer_or_a_named_one(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/feedback", feedback(), status=201)
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
    gateway.answer("POST /v1/feedback", feedback(state="learning", job_id=JOB), status=201)
    gateway.stream(EVENTS, event("TRAINING", 40), event(state, 100))
    gateway.answer(SHOWN_JOB, job(state, reasons=["It forgot."]))
    assert run_cli("feedback", "correct", "Canberra.", "--now") == exit_code
    out = capsys.readouterr().out
    assert ("is live" in out, "It forgot." in out) == (exit_code == 0, exit_code == 1)


def test_feedback_lists_what_became_of_it_and_reports_the_servers_words(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    refused = feedback(state="refused", correction="Canberra.", reasons=["It forgot."])
    gateway.answer("GET /v1/feedback?user=default&limit=20", {"data": [refused]})
    gateway.answer("POST /v1/feedback", {"error": {"message": "I remember no answer to you."}}, status=404)
    assert run_cli("feedback") == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("feedback-1", "refused", "[b]Sydney.", "Canberra.", "It forgot."))
    assert run_cli("feedback", "up") == 1
    assert "I remember no answer to you." in capsys.readouterr().err


def test_a_refused_correction_is_tried_again(gateway: ScriptedGateway, run_cli: RunCli) -> None:
    gateway.answer("POST /v1/feedback/feedback-1/learn?user=default", feedback(job_id=JOB), status=202)
    gateway.stream(EVENTS, event("LIVE", 100))
    gateway.answer(SHOWN_JOB, job())
    assert run_cli("feedback", "learn", "feedback-1") == 0


def test_feedback_is_deleted(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("DELETE /v1/feedback/feedback-1?user=default", {"deleted": True})
    assert run_cli("feedback", "delete", "feedback-1") == 0
    assert capsys.readouterr().out == "feedback-1 is deleted.\n"
