"""Help, completion and a quick start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.app import command_tree
from tests.unit.cli.conftest import RunCli

ROOT = Path(__file__).parents[3]
DOCUMENTED = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = {
    *("up", "chat", "learn", "lessons", "forget", "adapters", "activate", "export", "import", "feedback"),
    *("jobs", "keys", "bench", "doctor", "status", "audit"),
}


def paths(command: object, *names: str) -> list[tuple[str, ...]]:
    """The command and all below it, by their names."""
    below: dict[str, object] = getattr(command, "commands", {})
    return [names, *(path for name, one in below.items() for path in paths(one, *names, name))]


def test_all_commands_are_there() -> None:
    assert set(command_tree().commands) == COMMANDS


@pytest.mark.parametrize("path", paths(command_tree()), ids=" ".join)
def test_every_command_has_help_and_takes_the_options_that_hold_everywhere(
    path: tuple[str, ...], run_cli: RunCli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert run_cli(*path, "--help") == 0
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--json", "--user", "--server", "--api-key"))


@pytest.mark.parametrize("path", [path for path in paths(command_tree()) if path], ids=" ".join)
def test_every_command_is_documented(path: tuple[str, ...]) -> None:
    assert re.search(rf"\blorelei {' '.join(path)}\b", DOCUMENTED)


@pytest.mark.parametrize(("code", "meaning"), [(0, "done"), (1, "refused"), (2, "wrong use"), (3, "not running")])
def test_exit_codes_are_documented(code: int, meaning: str) -> None:
    assert re.search(rf"\| {code} \|[^\n]*{meaning}", DOCUMENTED)


@pytest.mark.parametrize(
    ("shell", "told"), [("bash", "complete -o default"), ("zsh", "#compdef lorelei"), ("fish", "complete --command")]
)
def test_shells_are_told_how_to_complete(shell: str, told: str) -> None:
    command = [sys.executable, "-m", "services.cli", "--show-completion", shell]
    # Else the shell that runs the tests would be meant, whichever that is.
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT, env=environment)
    assert "_LORELEI_COMPLETE" in ended.stdout
    assert told in ended.stdout


def test_help_waits_for_nothing_heavy() -> None:
    script = "import sys, services.cli.app; print(*{name.partition('.')[0] for name in sys.modules})"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    heavy = {"httpx", "pydantic", "pydantic_settings", "redis", "minio", "grpc", "torch"}
    assert heavy & set(ended.stdout.split()) == set()
