"""The folder that holds all state of a single-machine Lorelei, and the lock that keeps a second launcher out."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.common.errors import FailedPrecondition

DEFAULT_MODEL_NAME = "SmolLM2-135M-Instruct"
_LOCK_POLL_SECONDS = 0.2


class Home:
    """Names the files under one home, and keeps order in it."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()
        self.default_model = self.root / "models" / DEFAULT_MODEL_NAME
        self.sentence_encoder = self.root / "models" / "sentence-encoder"
        self.objects = self.root / "objects"
        self.redis = self.root / "redis"
        self.logs = self.root / "logs"
        self.work = self.root / "work"
        self.api_key = self.root / "api_key"
        self.operator_key = self.root / "operator_key"

    def create(self) -> None:
        """Make the folders, readable by their owner only; raise FailedPrecondition when that is not allowed."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.root / "models", self.objects, self.redis, self.logs, self.work):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise FailedPrecondition(
                f"Cannot write to {self.root} ({error.strerror}). Choose another folder with LORELEI_HOME."
            ) from error

    @contextmanager
    def locked(self, wait_seconds: float, on_wait: Callable[[], None]) -> Iterator[int]:
        """Hold the home for one launcher and yield the lock's file descriptor.

        Whoever inherits the descriptor holds the lock too: the keepers do, so that after a `kill -9` of the launcher
        the home stays locked until the last service is gone. Such a rest is waited for, up to `wait_seconds`, after
        calling `on_wait`; a living launcher is not: FailedPrecondition names it.
        """
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _try_lock(descriptor):
                self._wait_for_rest(descriptor, wait_seconds, on_wait)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def _wait_for_rest(self, descriptor: int, wait_seconds: float, on_wait: Callable[[], None]) -> None:
        holder = os.pread(descriptor, 20, 0).decode().strip()
        if not Path(f"/proc/{holder}").exists():
            on_wait()
            deadline = time.monotonic() + wait_seconds
            while time.monotonic() < deadline:
                if _try_lock(descriptor):
                    return
                time.sleep(_LOCK_POLL_SECONDS)
        raise FailedPrecondition(
            f"Lorelei is already running on {self.root} (process {holder}). "
            "Stop it first, or start another one with its own LORELEI_HOME and LORELEI_GATEWAY_PORT."
        )

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder until the end of the run, with a short path: sockets in the home's could be too long.

        What a killed launcher left of its own is removed.
        """
        link = self.root / "scratch"
        _remove_scratch(link)
        folder = Path(tempfile.mkdtemp(prefix="lorelei-"))
        link.symlink_to(folder)
        try:
            yield folder
        finally:
            _remove_scratch(link)

    def tidy(self) -> None:
        """Keep the last run's logs as `NAME.log.previous`, and empty the work folder. Only for who holds the lock."""
        for log in self.logs.glob("*.log"):
            log.replace(log.with_name(f"{log.name}.previous"))
        shutil.rmtree(self.work)
        self.work.mkdir(mode=0o700)


def _remove_scratch(link: Path) -> None:
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
