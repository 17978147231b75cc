"""Versions: listed, shown, activated, deleted, written to files and read again."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.bodies import EVENTS, JOB, OTHER_JOB, SHOWN_JOB, VERSION, event, job, version
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def test_adapters_marks_the_active_version(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    versions = [version(name, active=name == "v-2") for name in ("v-2", "v-1")]
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


def test_a_version_is_shown_with_its_answers(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer(f"GET /v1/adapters/{VERSION}?user=default", version(name="work"))
    assert run_cli("adapters", "show", VERSION) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("work", "recall 50%", "[b]Biscuit.", "No idea.", "(serves you)"))


def test_a_version_is_activated_and_named(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("POST /v1/adapters/work/activate?user=default", {"active_version": VERSION})
    gateway.answer(f"PATCH /v1/adapters/{VERSION}?user=default", {"name": "work"})
    assert run_cli("adapters", "name", VERSION, "[b]work") == 0
    assert run_cli("activate", "work") == 0
    assert gateway.requests[0].body == {"name": "[b]work"}
    assert capsys.readouterr().out.splitlines() == [f"{VERSION} is called [b]work now.", "work serves you now."]


def test_lessons_are_combined_into_a_version(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("POST /v1/adapters", job("QUEUED"), status=202)
    gateway.stream(EVENTS, event("LIVE", 100))
    gateway.answer(SHOWN_JOB, job(kind="composition", statement=""))
    assert run_cli("adapters", "combine", JOB, OTHER_JOB, "--name", "work") == 0
    assert gateway.requests[0].body == {"lessons": [JOB, OTHER_JOB], "name": "work", "user": "default"}
    assert "Combined into a new version" in capsys.readouterr().out


def test_the_version_that_serves_is_written_to_a_file_and_read_again(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gateway.answer("GET /v1/me?user=default", {"active_version": VERSION})
    gateway.answers[f"GET /v1/adapters/{VERSION}/download?user=default"] = (200, "application/zip", "PK zipped")
    gateway.answer("POST /v1/adapters/import?user=default&name=mine", version("v-2"), status=201)
    assert run_cli("export", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert body == {"object": "adapter.export", "version": VERSION, "file": f"{VERSION}.zip", "bytes": 9}
    assert [path.name for path in tmp_path.iterdir()] == [f"{VERSION}.zip"]
    assert run_cli("import", f"{VERSION}.zip", "--name", "mine") == 0
    assert gateway.requests[-1].raw == b"PK zipped"
    assert "lorelei activate v-2" in capsys.readouterr().out


def test_a_file_that_exists_is_replaced_only_when_that_is_said(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, tmp_path: Path
) -> None:
    file = tmp_path / "work.zip"
    file.write_text("precious")
    gateway.answers[f"GET /v1/adapters/{VERSION}/download?user=default"] = (200, "application/zip", "PK zipped")
    assert run_cli("export", VERSION, "-o", str(file)) == 1
    assert "--force" in capsys.readouterr().err
    assert file.read_text() == "precious"
    assert run_cli("export", VERSION, "-o", str(file), "--force") == 0
    assert file.read_text() == "PK zipped"


def test_an_export_that_fails_leaves_no_file(gateway: ScriptedGateway, run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli("export", VERSION, "-o", str(tmp_path / "work.zip")) == 1
    assert run_cli("export", VERSION, "-o", str(tmp_path / "no" / "folder" / "work.zip")) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_base_model_cannot_be_exported(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    assert run_cli("export") == 1
    assert "nothing of yours to export" in capsys.readouterr().err
