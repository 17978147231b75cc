"""Where Lorelei is and with which key; what is said when it is not there."""

import json
from pathlib import Path

import pytest

from services.embedded.ports import free_ports
from tests.unit.cli.bodies import version
from tests.unit.cli.conftest import RunCli, ScriptedGateway

Capture = pytest.CaptureFixture[str]


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch, run_cli: RunCli, capsys: Capture) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    monkeypatch.setenv("LORELEI_URL", url)
    for command in (["status"], ["chat"], ["adapters"], ["learn", "Water is wet."]):
        assert run_cli(*command) == 3
        assert f"Lorelei is not running at {url}. Start it with `lorelei up`" in capsys.readouterr().err
        assert run_cli(*command, "--json") == 3
        error = json.loads(capsys.readouterr().out)["error"]
        assert (error["code"], error["exit_code"]) == ("not_running", 3)


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
    assert run_cli("--user", "ana", "--api-key", "key-2", "activate", "base") == 0
    assert run_cli("activate", "base", "--user", "ana", "--api-key", "key-2") == 0
    assert [request.authorization for request in gateway.requests] == ["Bearer key-2"] * 2


def test_an_error_of_the_server_is_json_too(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    body = {"error": {"message": "No such version.", "type": "x", "param": "version", "code": "not_found"}}
    gateway.answer("GET /v1/adapters/v-9?user=default", body, status=404)
    assert run_cli("adapters", "show", "v-9", "--json") == 1
    told = {"message": "No such version.", "code": "not_found", "param": "version", "exit_code": 1}
    assert json.loads(capsys.readouterr().out) == {"error": told}


def test_a_wrong_setting_is_named(
    gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORELEI_GATEWAY_PORT", "eighty")
    assert run_cli("status") == 2
    assert "LORELEI_GATEWAY_PORT: " in capsys.readouterr().err
    assert run_cli("up") == 2
    assert "LORELEI_GATEWAY_PORT: " in capsys.readouterr().out
    assert run_cli("up", "--json") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["exit_code"]) == ("wrong_use", 2)


def test_nothing_is_coloured_in_a_pipe(gateway: ScriptedGateway, run_cli: RunCli, capsys: Capture) -> None:
    gateway.answer("GET /v1/adapters?user=default", {"data": [version()]})
    assert run_cli("adapters") == 0
    assert run_cli("adapters", "show", "v-9") == 1
    output = capsys.readouterr()
    assert "\x1b" not in output.out + output.err
