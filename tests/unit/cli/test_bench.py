"""The bench: what it tells, and that nothing of its lesson stays."""

import json

import pytest

from services.cli import bench
from tests.unit.cli.bodies import EVENTS, JOB, VERSION, event, job, lesson, version
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]
USER = "bench-1"


@pytest.fixture
def taught(gateway: ScriptedGateway, monkeypatch: pytest.MonkeyPatch) -> ScriptedGateway:
    """A gateway where the bench's user teaches that the boat is called Votufa."""

    def here(route: str) -> str:
        return route.replace("user=default", f"user={USER}")

    monkeypatch.setattr(bench, "new_user", lambda: USER)
    monkeypatch.setattr(bench, "_invented_name", lambda: "Votufa")
    chunks = [{"choices": [{"delta": {"content": text}}]} for text in ("It is called ", "Votufa.")]
    usage = {"choices": [], "usage": {"completion_tokens": 9}}
    gateway.stream("POST /v1/chat/completions", *chunks, usage, "[DONE]")
    gateway.answer("POST /v1/learn", job("QUEUED"), status=202)
    gateway.stream(here(EVENTS), event("TRAINING", 40), event("LIVE", 100))
    gateway.answer(here("GET /v1/learn?user=default&limit=100"), {"data": [job()]})
    gateway.answer(here("POST /v1/adapters/base/activate?user=default"), {})
    gateway.answer(here("GET /v1/lessons?user=default"), {"data": [lesson()]})
    gateway.answer(here(f"DELETE /v1/lessons/{JOB}?user=default"), {"id": JOB}, status=202)
    gateway.answer(here("GET /v1/adapters?user=default"), {"data": [version()]})
    gateway.answer(here(f"DELETE /v1/adapters/{VERSION}?user=default"), {})
    return gateway


def test_it_tells_how_quickly_replies_come_and_lessons_are_known(
    taught: ScriptedGateway, run_cli: RunCli, capsys: Capture
) -> None:
    assert run_cli("bench", "--replies", "2", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["object"], body["replies"], body["known"], body["user"]) == ("bench", 2, True, USER)
    for model in ("untaught", "taught"):
        assert body[model]["first_token_seconds"]["worst"] >= body[model]["first_token_seconds"]["median"] > 0
        assert 0 < body[model]["tokens_per_second"]["worst"] <= body[model]["tokens_per_second"]["median"]
    assert body["known_seconds"] >= body["live_seconds"] >= 0
    assert (body["lesson"]["name"], body["lesson"]["after"]) == ("Votufa", "It is called Votufa.")
    assert run_cli("bench", "--replies", "1") == 0
    assert "after it was taught" in capsys.readouterr().out


def test_a_lesson_that_is_not_known_fails(
    taught: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "_invented_name", lambda: "Kelado")
    assert run_cli("bench", "--replies", "1") == 1
    assert "not answered" in capsys.readouterr().out


@pytest.mark.parametrize("end", ["LIVE", "REJECTED"])
def test_nothing_of_the_lesson_stays(end: str, taught: ScriptedGateway, run_cli: RunCli) -> None:
    route = EVENTS.replace("default", USER)
    taught.stream(route, event(end, 100), once=True)
    assert run_cli("bench", "--replies", "1") == (0 if end == "LIVE" else 1)
    last = [asked.route for asked in taught.requests if asked.route.split()[0] in ("DELETE", "POST")][-3:]
    assert last == [
        f"POST /v1/adapters/base/activate?user={USER}",
        f"DELETE /v1/lessons/{JOB}?user={USER}",
        f"DELETE /v1/adapters/{VERSION}?user={USER}",
    ]
