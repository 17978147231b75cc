"""The keeper leaves nothing behind, however its command or its launcher ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from services.embedded import keeper

# A service like Ray: it starts a daemon in a session of its own that ignores SIGTERM.
_SERVICE = """
import signal, subprocess, sys, time
daemon = subprocess.Popen(
    [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
     "print('daemon', flush=True); time.sleep(600)"],
    start_new_session=True, stdout=subprocess.PIPE, text=True)
daemon.stdout.readline()
if sys.argv[1] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
elif sys.argv[1] == "draining":
    signal.signal(signal.SIGTERM, lambda *_: (print("drained", flush=True), sys.exit(3)))
print("service", daemon.pid, flush=True)
time.sleep(600 if sys.argv[1] != "ending" else 0)
sys.exit(7)
"""

Start = Callable[..., tuple[subprocess.Popen[str], psutil.Process, psutil.Process]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the service under a keeper; give the keeper, the service and the service's daemon."""
    keepers: list[subprocess.Popen[str]] = []

    def run(
        behaviour: str, grace_seconds: float = 30.0
    ) -> tuple[subprocess.Popen[str], psutil.Process, psutil.Process]:
        process = subprocess.Popen(
            [*_keeper_command(os.getpid(), grace_seconds), sys.executable, "-c", _SERVICE, behaviour],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        keepers.append(process)
        assert process.stdout is not None
        daemon = psutil.Process(int(process.stdout.readline().split()[1]))
        return process, daemon.parent() or daemon, daemon

    yield run
    for process in keepers:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _keeper_command(parent_pid: int, grace_seconds: float) -> list[str]:
    return [sys.executable, "-I", "-S", str(Path(keeper.__file__)), str(parent_pid), str(grace_seconds)]


def _ended(*processes: psutil.Process) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=20)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_exit_code_is_the_commands_and_its_daemon_is_killed(start: Start) -> None:
    process, _, daemon = start("ending")
    assert process.wait(timeout=20) == 7
    assert _ended(daemon)


def test_sigterm_lets_the_command_drain(start: Start) -> None:
    process, service, daemon = start("draining")
    process.terminate()
    assert process.wait(timeout=20) == 3
    assert process.stdout is not None
    assert process.stdout.readline() == "drained\n"
    assert _ended(service, daemon)


def test_a_command_that_ignores_sigterm_is_killed_after_the_grace_time(start: Start) -> None:
    process, service, daemon = start("stubborn", grace_seconds=0.2)
    process.terminate()
    assert process.wait(timeout=20) == 128 + signal.SIGKILL
    assert _ended(service, daemon)


def test_a_second_sigterm_does_not_wait_for_the_grace_time(start: Start) -> None:
    process, service, daemon = start("stubborn", grace_seconds=600)
    process.terminate()
    # The first signal has been passed on once it is no longer pending.
    while _pending(process.pid, signal.SIGTERM):
        os.sched_yield()
    process.terminate()
    assert process.wait(timeout=20) == 128 + signal.SIGKILL
    assert _ended(service, daemon)


def test_a_killed_command_leaves_no_daemon(start: Start) -> None:
    process, service, daemon = start("draining")
    service.kill()
    assert process.wait(timeout=20) == 128 + signal.SIGKILL
    assert _ended(daemon)


def test_a_killed_launcher_leaves_nothing() -> None:
    launcher = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import os, subprocess, sys; command = [*sys.argv[1:]]; command[4] = str(os.getpid()); "
            "subprocess.Popen(command, start_new_session=True).wait()",
            *(*_keeper_command(0, 0.2), sys.executable, "-c", _SERVICE, "stubborn"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdout is not None
    with launcher.stdout:
        daemon = psutil.Process(int(launcher.stdout.readline().split()[1]))
        service = daemon.parent()
        assert service is not None
        kept_by = service.parent()
        assert kept_by is not None
        launcher.kill()
        launcher.wait()
        assert _ended(kept_by, service, daemon)


def test_a_keeper_whose_launcher_is_gone_starts_nothing(tmp_path: Path) -> None:
    started = tmp_path / "started"
    process = subprocess.run([*_keeper_command(1, 1.0), "touch", str(started)], check=False)
    assert process.returncode == 128 + signal.SIGTERM
    assert not started.exists()


def test_a_missing_program_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    process = subprocess.run([*_keeper_command(os.getpid(), 1.0), "/no/such/program"], check=False)
    assert process.returncode == 127
    assert "/no/such/program: No such file or directory" in capfd.readouterr().err


def _pending(pid: int, number: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))]
    return any(mask & (1 << (number - 1)) for mask in masks)
