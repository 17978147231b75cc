"""The bootstrap key's file."""

import stat
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition
from services.gateway.tenants import bootstrap_key


def test_a_missing_file_is_made_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "api_key"
    key = bootstrap_key(file)
    assert key.startswith("lorelei-")
    assert len(key) > 30
    assert bootstrap_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["api_key"]


def test_two_files_get_different_keys(tmp_path: Path) -> None:
    assert bootstrap_key(tmp_path / "a") != bootstrap_key(tmp_path / "b")


def test_an_empty_or_unusable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for file in (tmp_path / "empty", tmp_path / "empty" / "below"):
        with pytest.raises(FailedPrecondition):
            bootstrap_key(file)
