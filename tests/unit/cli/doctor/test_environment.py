"""Checks of settings, and where the doctor takes its own from."""

from pathlib import Path

import pytest

from services.cli.doctor.check import CheckState
from services.cli.doctor.environment import check_settings
from services.cli.doctor.surroundings import Surroundings

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: Patch) -> None:
    for name in ("LORELEI_HOME", "LORELEI_URL", "LORELEI_GATEWAY_PORT", "LORELEI_MODEL"):
        monkeypatch.delenv(name, raising=False)


def test_settings_that_are_read_are_well() -> None:
    given = {"LORELEI_HOME": "/x", "LORELEI_GATEWAY_REDIS_URL": "redis://x", "RAY_ADDRESS": "ray://x", "PATH": "/bin"}
    assert check_settings(given).state is CheckState.OK


def test_a_name_that_nobody_reads_is_told_with_the_likely_one() -> None:
    check = check_settings({"LORELEI_GATEWAY_REDSI_URL": "redis://:secret@x"})
    assert check.state is CheckState.WARN
    assert "LORELEI_GATEWAY_REDSI_URL" in check.found
    assert check.advice == "Did you mean LORELEI_GATEWAY_REDIS_URL?"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("LORELEI_GATEWAY_PORT", "eighty"), ("LORELEI_INFERENCE_MAX_LORAS", "-3")),
        *(("LORELEI_TRAINER_RECIPE", '{"rank": "many"}'), ("LORELEI_AUGMENTER_MODERATION", "secret")),
    ],
)
def test_a_value_that_is_not_accepted_is_named_and_not_shown(name: str, value: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv(name, value)
    check = check_settings({name: value})
    assert check.state is CheckState.FAIL
    assert name in check.found
    assert value not in check.found


def test_the_launchers_variables_stand_before_those_of_the_services(monkeypatch: Patch) -> None:
    monkeypatch.setenv("LORELEI_TRAINER_REDIS_URL", "redis://trainer")
    monkeypatch.setenv("LORELEI_AUGMENTER_OBJECT_STORE_URL", "s3://augmenter")
    monkeypatch.setenv("LORELEI_INFERENCE_MODEL_PATH", "/models/of-inference")
    monkeypatch.setenv("LORELEI_GATEWAY_INFERENCE_ADDRESS", "inference:7001")
    found = Surroundings()
    assert found.redis_url is not None
    assert found.redis_url.get_secret_value() == "redis://trainer"
    assert (found.object_store_url, found.model) == ("s3://augmenter", "/models/of-inference")
    assert found.service_addresses() == {"inference": "inference:7001"}
    monkeypatch.setenv("LORELEI_OBJECT_STORE_URL", "s3://launcher")
    monkeypatch.setenv("LORELEI_MODEL", "/models/mine")
    found = Surroundings()
    assert (found.object_store_url, found.model) == ("s3://launcher", "/models/mine")


def test_without_variables_everything_is_in_the_home() -> None:
    found = Surroundings()
    assert (found.home, found.redis_url, found.object_store_url) == (Path(".lorelei"), None, "")
    assert found.service_addresses() == {}
