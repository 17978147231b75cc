"""One home serves one launcher, keeps one key, and tells people what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition
from services.embedded.home import Home


def _never() -> None:
    pytest.fail("must not wait")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_folders_are_private_and_making_them_twice_is_fine(home: Home) -> None:
    home.create()
    assert all(folder.stat().st_mode & 0o077 == 0 for folder in (home.root, home.redis, home.objects, home.logs))


def test_a_file_in_the_place_of_the_home_is_reported(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(FailedPrecondition, match="LORELEI_HOME"):
        Home(tmp_path / "home").create()


def test_a_second_launcher_is_told_which_process_holds_the_home(home: Home) -> None:
    with (
        home.locked(0, _never),
        pytest.raises(FailedPrecondition, match=f"already running.*process {os.getpid()}.*LORELEI_GATEWAY_PORT"),
        home.locked(10, _never),
    ):
        pass


def test_the_lock_is_free_after_the_launcher(home: Home) -> None:
    taken = 0
    for _ in range(2):
        with home.locked(0, _never):
            taken += 1
    assert taken == 2


def test_services_left_by_a_killed_launcher_are_waited_for(home: Home) -> None:
    """Whoever inherits the descriptor holds the lock, although the process named in the file is gone."""
    with home.locked(0, _never) as lock:
        rest = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=(lock,), stdin=subprocess.PIPE
        )
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (home.root / "lock").write_text(f"{dead.pid}\n", encoding="ascii")
    assert rest.stdin is not None
    with home.locked(30, rest.stdin.close):
        rest.wait(timeout=30)


def test_waiting_for_left_services_is_bounded(home: Home) -> None:
    with home.locked(0, _never):
        (home.root / "lock").write_text("999999999\n", encoding="ascii")
        with pytest.raises(FailedPrecondition, match="already running"), home.locked(0.01, lambda: None):
            pass


def test_the_last_runs_logs_are_kept_once(home: Home) -> None:
    for run in ("first", "second"):
        (home.logs / "trainer.log").write_text(run)
        home.tidy()
    assert [(log.name, log.read_text()) for log in home.logs.iterdir()] == [("trainer.log.previous", "second")]


def test_the_work_of_a_killed_run_is_cleared(home: Home) -> None:
    (home.work / "v-1").mkdir()
    home.tidy()
    assert list(home.work.iterdir()) == []


def test_scratch_has_a_short_path_and_is_gone_after_the_run(home: Home) -> None:
    with home.scratch() as folder:
        assert len(str(folder)) < 40
        (folder / "socket").touch()
    assert not folder.exists()


def test_scratch_of_a_killed_launcher_is_removed(home: Home, tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    (home.root / "scratch").symlink_to(left)
    with home.scratch() as folder:
        assert not left.exists()
        assert folder.exists()
