"""Folders that are gone when their process is, however that ends."""

import subprocess
import sys
import tempfile
from pathlib import Path

from services.common.scratch import scratch_folder, temporary_files_in_scratch

DIE_READING = """
import os, pathlib, sys, tempfile
from services.common.scratch import temporary_files_in_scratch
with temporary_files_in_scratch(pathlib.Path(sys.argv[1]), "reader"), tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "document").write_text("read me")
    os.kill(os.getpid(), 9)
"""


def die_reading(parent: Path) -> None:
    subprocess.run([sys.executable, "-c", DIE_READING, str(parent)], check=False, timeout=60)


def test_a_scratch_folder_is_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "cache", "reader") as folder:
        (folder / "version").mkdir()
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_a_killed_process_left_is_deleted_at_the_next_start_and_a_living_ones_files_are_not(
    tmp_path: Path,
) -> None:
    with scratch_folder(tmp_path, "reader") as living:
        die_reading(tmp_path)
        (killed,) = set(tmp_path.iterdir()) - {living}
        assert [path.read_text() for path in killed.rglob("document")] == ["read me"]
        with scratch_folder(tmp_path, "reader") as newest:
            assert set(tmp_path.iterdir()) == {living, newest}


def test_another_services_leftovers_are_left_to_it(tmp_path: Path) -> None:
    die_reading(tmp_path)
    (killed,) = tmp_path.iterdir()
    with scratch_folder(tmp_path, "writer"):
        assert killed.exists()


def test_temporary_files_lie_in_the_scratch_folder_meanwhile(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    with temporary_files_in_scratch(tmp_path, "reader") as folder, tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == folder
    assert tempfile.gettempdir() == before
