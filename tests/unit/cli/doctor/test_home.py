"""Checks of the home: its permissions, keys and models, in real folders."""

from pathlib import Path

import pytest

from services.cli.doctor.check import CheckState
from services.cli.doctor.home import check_home, check_model, check_sentence_encoder

OK, WARN, FAIL = CheckState.OK, CheckState.WARN, CheckState.FAIL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "api_key").touch(mode=0o600)
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (folder / name).write_text("x")
    return folder


def test_a_home_of_ones_own_is_well_and_left_as_it_was(home: Path) -> None:
    assert check_home(home).state is OK
    assert [path.name for path in home.iterdir()] == ["api_key"]


def test_a_home_that_is_not_made_yet_is_well_and_not_made(tmp_path: Path) -> None:
    assert check_home(tmp_path / "home").state is OK
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ["", "api_key"])
def test_what_others_can_read_is_named_with_the_cure(name: str, home: Path) -> None:
    path = home / name if name else home
    path.chmod(0o755)
    check = check_home(home)
    assert (check.state, check.advice) == (WARN, f"Run: chmod go-rwx {path}")


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert check_home(tmp_path / "home").state is FAIL


def test_a_home_that_cannot_be_made_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert check_home(tmp_path / "file" / "home").state is FAIL


def test_a_home_that_cannot_be_written_fails() -> None:
    # Where not even root may write.
    assert check_home(Path("/proc")).state is FAIL


def test_a_whole_model_is_well(model: Path) -> None:
    assert check_model(str(model), model / "default").state is OK
    assert check_model("", model).state is OK


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_model_that_lacks_a_part_fails(missing: str, model: Path) -> None:
    (model / missing).unlink()
    check = check_model("", model)
    assert (check.state, str(model) in check.advice) == (FAIL, True)


def test_a_default_model_is_prepared_and_a_name_is_fetched(tmp_path: Path) -> None:
    assert check_model("", tmp_path / "SmolLM2").state is OK
    assert check_model("someone/some-model", tmp_path).state is WARN


def test_the_sentence_encoder(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    assert check_sentence_encoder(folder).state is OK
    folder.mkdir()
    assert check_sentence_encoder(folder).state is FAIL
    (folder / "encoder.onnx").touch()
    assert check_sentence_encoder(folder).state is OK
