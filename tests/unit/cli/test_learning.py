"""Lessons and jobs: what a person sees and what a script gets back."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.bodies import EVENTS, FACT, JOB, SHOWN_JOB, VERSION, event, job, lesson, version
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def test_learn_succeeds_only_when_the_version_is_live(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB, "state": "QUEUED"}, status=202)
    gateway.stream(EVENTS, event("TRAINING", 40), event("LIVE", 100, version=VERSION))
    gateway.answer(SHOWN_JOB, job())
    gateway.answer(f"GET /v1/adapters/{VERSION}?user=default", version())
    gateway.answer(f"GET /v1/lessons/{JOB}?user=default", lesson())
    assert run_cli("learn", FACT) == 0
    out = capsys.readouterr().out
    assert f"version {VERSION} is live" in out
    assert "Learned (31 s)" in out
    assert FACT in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    # What is right comes first; neighbours are not shown, and what the model says is no markup.
    assert [line for line in lines if line.startswith(("before", "now"))] == [
        *("before No idea.", "now [b]Biscuit."),
        *("before A snack.", "now A snack…"),
    ]
    asked = gateway.requests[0]
    assert (asked.body, asked.authorization) == ({"text": FACT, "file_ids": [], "user": "default"}, "Bearer key-1")


@pytest.mark.parametrize("state", ["REJECTED", "FAILED", "CANCELLED"])
def test_a_lesson_that_does_not_go_live_fails_with_its_reasons(
    state: str, gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, event(state, 90))
    gateway.answer(SHOWN_JOB, job(state, reasons=["It forgot an earlier lesson."], error="Out of steps."))
    assert run_cli("learn", FACT) == 1
    out = capsys.readouterr().out
    assert all(text in out for text in ("your model is unchanged", "It forgot an earlier lesson.", "Out of steps."))


def test_a_lesson_is_watched_on_when_the_gateway_restarts(gateway: ScriptedGateway, run_cli: RunCli) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, event("TRAINING", 40), once=True)
    gateway.stream(EVENTS, event("LIVE", 100, version=VERSION))
    gateway.answer(SHOWN_JOB, job())
    assert run_cli("learn", FACT) == 0
    assert [request.last_event_id for request in gateway.requests[1:3]] == ["", "1-0"]


def test_a_lesson_that_takes_too_long_is_not_called_learned(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORELEI_LEARN_TIMEOUT_SECONDS", "0.01")
    gateway.answer("POST /v1/learn", {"id": JOB})
    gateway.stream(EVENTS, event("TRAINING", 40))
    assert run_cli("learn", FACT) in (1, 3)
    assert "is live" not in capsys.readouterr().out


def test_a_lesson_is_lines_of_json_that_end_with_the_job(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", {"id": JOB}, status=202)
    gateway.stream(EVENTS, event("TRAINING", 40), event("REJECTED", 90))
    gateway.answer(SHOWN_JOB, job("REJECTED"))
    assert run_cli("learn", FACT, "--json") == 1
    output = capsys.readouterr()
    lines = [json.loads(line) for line in output.out.splitlines()]
    assert [(line["object"], line["state"]) for line in lines] == [
        *(("learn.event", "TRAINING"), ("learn.event", "REJECTED")),
        ("learn.job", "REJECTED"),
    ]
    assert lines[-1] == job("REJECTED")
    assert "Not learned" in output.err


def test_a_detached_lesson_prints_the_id_and_is_not_waited_for(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("POST /v1/learn", job("QUEUED"), status=202)
    assert run_cli("learn", FACT, "--detach") == 0
    assert capsys.readouterr().out.strip() == JOB
    assert run_cli("--json", "learn", FACT, "--detach") == 0
    assert json.loads(capsys.readouterr().out) == job("QUEUED")
    assert {request.route for request in gateway.requests} == {"POST /v1/learn"}


def test_files_are_uploaded_and_learned_with_what_is_asked_of_them(
    gateway: ScriptedGateway, run_cli: RunCli, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("The harbour opened in 1871.")
    (tmp_path / "two.md").write_text("# Two")
    gateway.answer("POST /v1/files", {"id": "file-1"})
    gateway.answer("POST /v1/learn", job("QUEUED"), status=202)
    files = [argument for name in ("one.txt", "two.md") for argument in ("--file", str(tmp_path / name))]
    assert run_cli("--user", "ana", "learn", "The dates.", *files, "--url", "https://a.example/b", "--detach") == 0
    first, second, asked = gateway.requests
    assert all(text in first.raw for text in (b'filename="one.txt"', b"The harbour opened in 1871.", b"ana"))
    assert b'filename="two.md"' in second.raw
    assert asked.body == {
        "text": "The dates.",
        "urls": ["https://a.example/b"],
        "file_ids": ["file-1", "file-1"],
        "user": "ana",
    }


def test_the_files_of_a_lesson_that_is_refused_do_not_stay(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("The harbour opened in 1871.")
    gateway.answer("POST /v1/files", {"id": "file-1"})
    gateway.answer("POST /v1/learn", {"error": {"message": "Your queue is full."}}, status=429)
    gateway.answer("DELETE /v1/files/file-1?user=default", {"deleted": True})
    assert run_cli("learn", "--file", str(tmp_path / "one.txt")) == 1
    assert "Your queue is full." in capsys.readouterr().err
    assert gateway.requests[-1].route == "DELETE /v1/files/file-1?user=default"


def test_a_file_that_is_refused_takes_those_before_it_along(
    gateway: ScriptedGateway, run_cli: RunCli, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("The harbour opened in 1871.")
    gateway.first_answers["POST /v1/files"] = (200, "application/json", '{"id": "file-1"}')
    gateway.answer("POST /v1/files", {"error": {"message": "The file is empty."}}, status=400)
    gateway.answer("DELETE /v1/files/file-1?user=default", {"deleted": True})
    file = ("--file", str(tmp_path / "one.txt"))
    assert run_cli("learn", *file, *file) == 1
    assert gateway.requests[-1].route == "DELETE /v1/files/file-1?user=default"


def test_a_web_search_is_learned(gateway: ScriptedGateway, run_cli: RunCli) -> None:
    gateway.answer("POST /v1/learn", job("QUEUED"), status=202)
    assert run_cli("learn", "--search", "news of the harbour", "--detach") == 0
    assert gateway.requests[0].body == {"query": "news of the harbour", "file_ids": [], "user": "default"}


@pytest.mark.parametrize(
    "arguments",
    [
        *([], [" "], ["--search", "news", "--url", "https://a.example"]),
        *(["--file", "/no/such/file"], ["one", "two"], ["--no-such-option"]),
    ],
)
def test_wrong_use_asks_nobody(
    arguments: list[str], gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    assert run_cli("learn", *arguments) == 2
    assert capsys.readouterr().err
    assert run_cli("learn", *arguments, "--json") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["exit_code"]) == ("wrong_use", 2)
    assert gateway.requests == []


def test_jobs_are_listed_with_what_they_are_about(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    source = {"title": "Harbour report", "address": "file-1", "facts": 3}
    listed = [job("TRAINING"), job(kind="document", statement="", sources=[source])]
    gateway.answer("GET /v1/learn?user=default&limit=5", {"object": "list", "data": listed})
    assert run_cli("jobs", "--limit", "5") == 0
    out = capsys.readouterr().out
    assert all(text in out for text in (JOB, "TRAINING", "40 %", FACT, "Harbour report"))
    assert run_cli("jobs", "--limit", "5", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"object": "list", "data": listed}


def test_a_job_is_shown_followed_and_cancelled(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(SHOWN_JOB, job("TRAINING"))
    gateway.answer(f"POST /v1/learn/{JOB}/cancel?user=default", job("TRAINING", cancel_requested=True))
    assert run_cli("jobs", "show", JOB) == 0
    assert run_cli("jobs", "cancel", JOB) == 0
    assert capsys.readouterr().out.splitlines() == ["TRAINING 40 %", "It ends in a moment."]
    gateway.stream(EVENTS, event("CANCELLED", 60))
    gateway.answer(SHOWN_JOB, job("CANCELLED"))
    assert run_cli("jobs", "follow", JOB) == 1
    assert "Cancelled; your model is unchanged" in capsys.readouterr().out
