"""How Lorelei itself does: its readiness, the operator's log."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.bodies import JOB, job
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def test_status_fails_while_a_service_is_not_ready(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(
        "GET /readyz", {"status": "not ready", "services": {"redis": "ready", "trainer": "not ready"}}, status=503
    )
    gateway.answer("GET /v1/learn?user=default&limit=10", {"data": [job("TRAINING")]})
    assert run_cli("status") == 1
    out = capsys.readouterr().out
    assert all(text in out for text in ("trainer     not ready", "active version: base", "TRAINING", "40 %"))
    assert run_cli("status", "--json") == 1
    body = json.loads(capsys.readouterr().out)
    assert body == {
        "object": "status",
        "services": {"redis": "ready", "trainer": "not ready"},
        "active_version": None,
        "jobs": [job("TRAINING")],
    }


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
