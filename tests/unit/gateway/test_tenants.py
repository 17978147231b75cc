"""Files of keys, and the operator's key."""

import stat
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition
from services.gateway.tenants import OperatorKey, kept_key


def test_a_missing_file_is_made_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "api_key"
    key = kept_key(file)
    assert key.startswith("lorelei-")
    assert len(key) > 30
    assert kept_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["api_key"]


def test_two_files_get_different_keys(tmp_path: Path) -> None:
    assert kept_key(tmp_path / "a") != kept_key(tmp_path / "b")


def test_an_empty_or_unusable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for file in (tmp_path / "empty", tmp_path / "empty" / "below"):
        with pytest.raises(FailedPrecondition):
            kept_key(file)


def test_only_the_operators_key_is_it_and_without_one_none_is() -> None:
    assert OperatorKey("lorelei-secret").is_it("lorelei-secret")
    assert not OperatorKey("lorelei-secret").is_it("lorelei-other")
    assert not any(OperatorKey(missing).is_it(key) for missing in (None, "") for key in ("", "None", "lorelei-secret"))
