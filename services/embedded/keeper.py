"""Runs one command and outlives it: when the command or the launcher ends, nothing the command started is left.

Usage: python -I -S keeper.py LAUNCHER_PID GRACE_SECONDS COMMAND [ARGUMENT ...]

A service has children of its own (Ray's daemons, vLLM's engine), which form process groups of their own and survive
a `kill -9` of the service. The keeper adopts them and kills them. It ends with the command's exit code. It runs
without site-packages, so that one keeper per service costs little memory. It knows nothing of Lorelei.
"""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_HANDLED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
_POLL_SECONDS = 0.02
_KILL_LIMIT_SECONDS = 10.0


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel send SIGTERM to this process when its parent dies; exit at once if it died already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_pid:
        raise SystemExit(128 + signal.SIGTERM)


def kill_descendants(spared: frozenset[int] = frozenset()) -> None:
    """Kill and reap all descendants of this process but the `spared` children and theirs.

    Repeats, because a dying process may still fork; gives up after ten seconds (a process stuck in the kernel).
    """
    deadline = time.monotonic() + _KILL_LIMIT_SECONDS
    while (pids := _descendants(os.getpid(), spared)) and time.monotonic() < deadline:
        for pid in pids:
            _kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
        for pid in pids:
            _reap(pid)


def keep(command: list[str], grace_seconds: float) -> int:
    """Run `command` to its end and return its exit code (128 + signal if killed).

    SIGTERM and SIGINT are passed on as SIGTERM; the second one, or `grace_seconds` after the first, kills everything.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    adopt_orphans()
    service = _start(command)
    try:
        return _wait(service, grace_seconds)
    finally:
        kill_descendants()


def _start(command: list[str]) -> int:
    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            die_with_parent(keeper)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
            # The home's lock belongs to the keeper alone.
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            os.execvp(command[0], command)  # noqa: S606 - the command comes from the launcher
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            sys.stderr.flush()
        finally:
            os._exit(127)
    return pid


def _wait(service: int, grace_seconds: float) -> int:
    deadline: float | None = None
    while True:
        received = _next_signal(deadline)
        if received is None or (deadline and received != signal.SIGCHLD):
            kill_descendants()
            return 128 + signal.SIGKILL
        if received == signal.SIGCHLD:
            status = _reap_any_until(service)
            if status is not None:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
        else:
            _kill(service, signal.SIGTERM)
            deadline = time.monotonic() + grace_seconds


def _next_signal(deadline: float | None) -> int | None:
    """The next handled signal, or None when `deadline` (on the monotonic clock) has passed."""
    if deadline is None:
        return signal.sigwait(_HANDLED)
    info = signal.sigtimedwait(_HANDLED, max(deadline - time.monotonic(), 0.0))
    return None if info is None else info.si_signo


def _reap_any_until(service: int) -> int | None:
    """Reap everything that has ended; return the wait status of `service` if it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == service:
            return status
        if pid == 0:
            return None


def _descendants(root: int, spared: frozenset[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    waiting = [pid for pid in children.get(root, []) if pid not in spared]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children.get(pid, []))
    return found


def _parents() -> dict[int, int]:
    """Parent of every process on this machine."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                    # "pid (name) state parent …": the name itself may hold spaces and brackets.
                    parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return parents


def _kill(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    raise SystemExit(keep(sys.argv[3:], float(sys.argv[2])))
