"""A folder for one process's files that is gone when the process is, however that ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "lorelei-inference-"


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Make a new folder under `parent`, delete it afterwards, and first delete those whose processes were killed."""
    parent.mkdir(parents=True, exist_ok=True)
    for path in parent.glob(f"{_PREFIX}*"):
        _delete_if_abandoned(path)
    # Hidden from other processes' cleaning until it is locked; the kernel gives the lock back when this process dies.
    hidden = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
    handle = os.open(hidden, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    folder = hidden.rename(parent / hidden.name[1:])
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _delete_if_abandoned(folder: Path) -> None:
    # Another process may be quicker, or the folder another account's.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(handle)
