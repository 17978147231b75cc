"""A folder for one process's files that is gone when the process is, however that ends. Knows no service."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def scratch_folder(parent: Path, service: str) -> Iterator[Path]:
    """Make a new folder under `parent` and delete it afterwards; first delete those of killed processes of `service`.

    Raises OSError where `parent` cannot be written to.
    """
    parent.mkdir(parents=True, exist_ok=True)
    prefix = f"lorelei-{service}-"
    for path in parent.glob(f"{prefix}*"):
        _delete_if_abandoned(path)
    # Hidden from other processes' cleaning until it is locked; the kernel gives the lock back when this process dies.
    hidden = Path(tempfile.mkdtemp(prefix=f".{prefix}", dir=parent))
    handle = os.open(hidden, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    folder = hidden.rename(parent / hidden.name[1:])
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_files_in_scratch(parent: Path, service: str) -> Iterator[Path]:
    """Let all that this process makes with `tempfile`, in libraries too, lie in its scratch folder."""
    with scratch_folder(parent, service) as folder:
        before = tempfile.tempdir
        tempfile.tempdir = str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = before


def _delete_if_abandoned(folder: Path) -> None:
    # Another process may be quicker, or the folder another account's.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(handle)
