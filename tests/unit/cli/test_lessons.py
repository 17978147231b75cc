"""What was taught: listed, shown, forgotten."""

import json

import pytest

from tests.unit.cli.bodies import EVENTS, FACT, JOB, OTHER_JOB, SHOWN_JOB, event, job, lesson
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]
ERASURE = {
    "object": "lesson.erasure",
    "lesson": OTHER_JOB,
    "erased_at": 9.0,
    "deleted": {"versions": ["v-1"], "objects": 4, "messages": 2},
    "remains": ["a section of work-1"],
}


def test_lessons_are_listed(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    body = {"object": "list", "data": [lesson(), lesson(OTHER_JOB, active=False)]}
    gateway.answer("GET /v1/lessons?user=default", body)
    assert run_cli("lessons") == 0
    _, known, unknown = capsys.readouterr().out.splitlines()
    assert known.split()[:3] == ["*", JOB, "instruction"]
    assert unknown.split()[0] == OTHER_JOB
    assert run_cli("lessons", "--json") == 0
    assert json.loads(capsys.readouterr().out) == body


def test_where_nothing_was_taught_it_says_how_to(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("GET /v1/lessons?user=default", {"object": "list", "data": []})
    assert run_cli("lessons") == 0
    assert "lorelei learn" in capsys.readouterr().out


def test_a_lesson_is_shown_with_what_it_teaches_and_what_checks_it(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    source = {"title": "Harbour report", "address": "file-1"}
    fact = {"text": "[b]The harbour opened in 1871.", "source": 0, "page": 3}
    gateway.answer(f"GET /v1/lessons/{JOB}?user=default", lesson(sources=[source], learned=[fact]))
    assert run_cli("lessons", "show", JOB) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in (FACT, "[b]The harbour opened in 1871.", "Harbour report, p. 3"))
    assert "2 fact, 1 neighbour examples" in out
    assert "What is my dog called?" in out


def test_forgetting_is_not_done_without_a_yes(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(f"GET /v1/lessons/{JOB}?user=default", lesson())
    assert run_cli("forget", JOB) == 2
    assert "--yes" in capsys.readouterr().err
    assert [request.route.split()[0] for request in gateway.requests] == ["GET"]


@pytest.mark.parametrize("arguments", [[], [JOB, "--all"]])
def test_what_to_forget_must_be_said(arguments: list[str], run_cli: RunCli, gateway: ScriptedGateway) -> None:
    assert run_cli("forget", *arguments, "--yes") == 2
    assert gateway.requests == []


def test_a_lesson_is_forgotten(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(f"GET /v1/lessons/{OTHER_JOB}?user=default", lesson(OTHER_JOB))
    gateway.answer(f"DELETE /v1/lessons/{OTHER_JOB}?user=default", {"id": JOB}, status=202)
    gateway.stream(EVENTS, event("LIVE", 100))
    gateway.answer(SHOWN_JOB, job(kind="forgetting", statement="", forgotten=OTHER_JOB))
    gateway.answer(f"GET /v1/lessons/{OTHER_JOB}/erasure?user=default", ERASURE)
    assert run_cli("forget", OTHER_JOB, "--yes") == 0
    out = capsys.readouterr().out
    assert "Forgotten; its data and every version that knew it are deleted" in out
    assert "deleted: 1 versions, 4 files, 2 messages; found of it now: a section of work-1" in out


def test_everything_is_forgotten_from_the_base_model_on(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    gateway.answer("GET /v1/lessons?user=default", {"data": [lesson("learn-a"), lesson("learn-b")]})
    gateway.answer("POST /v1/adapters/base/activate?user=default", {})
    for identity in ("learn-a", "learn-b"):
        gateway.answer(f"DELETE /v1/lessons/{identity}?user=default", {"id": JOB}, status=202)
        gateway.answer(f"GET /v1/lessons/{identity}/erasure?user=default", ERASURE)
    gateway.stream(EVENTS, event("LIVE", 100))
    gateway.answer(SHOWN_JOB, job(kind="forgetting", statement=""))
    assert run_cli("forget", "--all", "--yes", "--json") == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"object": "lessons.forgotten", "forgotten": 2, "left": []}
    deletes = [number for number, asked in enumerate(gateway.requests) if asked.route.startswith("DELETE")]
    activation = [asked.route for asked in gateway.requests].index("POST /v1/adapters/base/activate?user=default")
    assert activation < deletes[0]


def test_what_could_not_be_forgotten_is_told(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("GET /v1/lessons?user=default", {"data": [lesson("learn-a")]})
    gateway.answer("POST /v1/adapters/base/activate?user=default", {})
    gateway.answer("DELETE /v1/lessons/learn-a?user=default", {"id": JOB}, status=202)
    gateway.stream(EVENTS, event("FAILED", 0))
    gateway.answer(SHOWN_JOB, job("FAILED", kind="forgetting", error="The store is away."))
    assert run_cli("forget", "--all", "--yes") == 1
    out = capsys.readouterr().out
    assert "The store is away." in out
    assert "0 of 1 lessons are forgotten." in out
