"""The single-machine plan: every service gets all it needs, by names that it declares, and joined-up addresses."""

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.embedded.home import Home
from services.embedded.settings import EmbeddedSettings
from services.embedded.wiring import Addresses, make_plan, service_environments
from tests.unit.deploy.declared_settings import SERVICES, declared_names, required_names, settings_class

SCRATCH = Path("/scratch")
ADDRESSES = Addresses(redis_port=1, inference_port=2, augmenter_port=3, trainer_port=4)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_all_it_needs_and_nothing_it_does_not_declare(service: str, home: Home) -> None:
    settings = EmbeddedSettings(object_store_url="s3://lorelei?endpoint=minio:9000", object_store_access_key="key")
    environment = service_environments(settings, home, SCRATCH, ADDRESSES, "redis://:secret@127.0.0.1:1/0")[service]
    assert set(environment) <= declared_names(service)
    assert required_names(service) <= set(environment)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_accepts_its_settings(service: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = service_environments(EmbeddedSettings(), home, SCRATCH, ADDRESSES, "redis://:secret@127.0.0.1:1/0")[
        service
    ]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = settings_class(service)()
    assert settings.model_dump()["object_store_url"] == f"file://{home.objects}"


def test_addresses_are_joined_up(home: Home) -> None:
    environments = service_environments(EmbeddedSettings(gateway_port=9), home, SCRATCH, ADDRESSES, "redis://x")
    ports = {service: environments[service][f"LORELEI_{service.upper()}_PORT"] for service in SERVICES}
    assert ports == {"gateway": "9", "inference": "2", "augmenter": "3", "trainer": "4"}
    for environment in environments.values():
        for name, value in environment.items():
            if name.endswith("_ADDRESS"):
                assert value == f"127.0.0.1:{ports[name.split('_')[2].lower()]}"


def test_a_redis_of_ones_own_is_used_and_none_is_started(home: Home) -> None:
    plan = make_plan(EmbeddedSettings(redis_url=SecretStr("redis://elsewhere:6379/0")), home, SCRATCH)
    assert [[service.command.name for service in stage] for stage in plan.stages] == [
        ["inference", "trainer", "augmenter", "gateway"]
    ]
    assert plan.stages[0][1].command.environment["LORELEI_TRAINER_REDIS_URL"] == "redis://elsewhere:6379/0"


def test_a_model_of_ones_own_is_used_and_none_is_prepared(home: Home) -> None:
    plan = make_plan(EmbeddedSettings(model="/models/mine"), home, SCRATCH)
    assert [preparation.command.name for preparation in plan.preparations] == ["sentence encoder"]
    for service in plan.stages[1][:2]:
        prefix = f"LORELEI_{service.command.name.upper()}_"
        assert service.command.environment[f"{prefix}MODEL_PATH"] == "/models/mine"


def test_what_is_prepared_is_not_prepared_again(home: Home) -> None:
    home.default_model.mkdir()
    home.sentence_encoder.mkdir()
    (home.sentence_encoder / "encoder.onnx").touch()
    assert make_plan(EmbeddedSettings(), home, SCRATCH).preparations == []


def test_services_drain_from_the_gateway_to_redis(home: Home) -> None:
    plan = make_plan(EmbeddedSettings(), home, SCRATCH)
    names = {service.command.name for stage in plan.stages for service in stage}
    assert set().union(*plan.stop_order) == names
    assert (plan.stop_order[0], plan.stop_order[-1]) == ({"gateway"}, {"redis"})


def test_the_page_is_told_as_it_can_be_reached(home: Home) -> None:
    plan = make_plan(EmbeddedSettings(gateway_host="0.0.0.0", gateway_port=8090), home, SCRATCH)
    assert (plan.place.url, plan.place.api_key) == ("http://127.0.0.1:8090", home.api_key)


def test_planning_takes_no_port(home: Home) -> None:
    plan = make_plan(EmbeddedSettings(), home, SCRATCH)
    port = int(plan.stages[1][0].command.environment["LORELEI_INFERENCE_PORT"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        assert probe.getsockname()[1] == port
