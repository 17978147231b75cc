"""Makes the single-machine plan: which commands with which settings, joined by loopback ports. Starts nothing."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.embedded.home import DEFAULT_MODEL_NAME, Home
from services.embedded.launcher import Plan, Preparation
from services.embedded.place import Place
from services.embedded.ports import free_ports
from services.embedded.processes import Command
from services.embedded.readiness import ReadinessCheck, grpc_health, http_ok, redis_ping
from services.embedded.redis_server import private_redis
from services.embedded.settings import EmbeddedSettings
from services.embedded.supervisor import Service

_ENCODER_SCRIPT = Path(__file__).parents[2] / "scripts" / "prepare_sentence_encoder.py"
_STOP_ORDER = [{"gateway"}, {"augmenter", "trainer"}, {"inference"}, {"redis"}]


@dataclass(frozen=True)
class Addresses:
    """Where the parts find each other."""

    redis_port: int
    inference_port: int
    augmenter_port: int
    trainer_port: int

    @classmethod
    def free(cls) -> "Addresses":
        """Loopback ports that are free now."""
        return cls(*free_ports(4))


def make_plan(settings: EmbeddedSettings, home: Home, scratch: Path) -> Plan:
    """Plan everything for `home`; `scratch` is a folder with a short path, for sockets.

    Raises FailedPrecondition when there is no Redis to be had.
    """
    addresses = Addresses.free()
    redis_url, redis_stages = _redis(settings, home, addresses)
    environments = service_environments(settings, home, scratch, addresses, redis_url)
    checks: dict[str, ReadinessCheck] = {
        "inference": grpc_health(f"127.0.0.1:{addresses.inference_port}"),
        "trainer": grpc_health(f"127.0.0.1:{addresses.trainer_port}"),
        "augmenter": grpc_health(f"127.0.0.1:{addresses.augmenter_port}"),
        "gateway": http_ok(_reachable(settings.gateway_host), settings.gateway_port, "/readyz"),
    }
    services = [Service(_module(name, home, environments[name]), check) for name, check in checks.items()]
    return Plan(_preparations(settings, home), [*redis_stages, services], _STOP_ORDER, _place(settings, home))


def service_environments(
    settings: EmbeddedSettings, home: Home, scratch: Path, addresses: Addresses, redis_url: str
) -> dict[str, Mapping[str, str]]:
    """The settings that each service gets, by service, as environment variables."""
    inference = f"127.0.0.1:{addresses.inference_port}"
    trainer = f"127.0.0.1:{addresses.trainer_port}"
    augmenter = f"127.0.0.1:{addresses.augmenter_port}"
    model = {"MODEL_PATH": settings.model or str(home.default_model)}
    redis = {"REDIS_URL": redis_url}
    store = _object_store(settings, home)
    fields: dict[str, dict[str, object]] = {
        "inference": {"PORT": addresses.inference_port, "CACHE_FOLDER": home.work, **model, **store},
        "trainer": {
            "PORT": addresses.trainer_port,
            "INFERENCE_ADDRESS": inference,
            "RAY_TEMP_FOLDER": scratch / "ray",
            **model,
            **redis,
            **store,
        },
        "augmenter": {
            "PORT": addresses.augmenter_port,
            "INFERENCE_ADDRESS": inference,
            "SCRATCH_FOLDER": home.work,
            **store,
        },
        "gateway": {
            "HOST": settings.gateway_host,
            "PORT": settings.gateway_port,
            "BOOTSTRAP_KEY_FILE": home.api_key,
            "OPERATOR_KEY_FILE": home.operator_key,
            "SCRATCH_FOLDER": home.work,
            "SENTENCE_ENCODER_DIR": home.sentence_encoder,
            "INFERENCE_ADDRESS": inference,
            "TRAINER_ADDRESS": trainer,
            "AUGMENTER_ADDRESS": augmenter,
            **redis,
            **store,
        },
    }
    return {
        service: {f"LORELEI_{service.upper()}_{name}": str(value) for name, value in values.items()}
        for service, values in fields.items()
    }


def _redis(settings: EmbeddedSettings, home: Home, addresses: Addresses) -> tuple[str, list[list[Service]]]:
    """The URL of Redis, and the stage that starts it unless the settings name a running one."""
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value(), []
    redis = private_redis(home.redis, addresses.redis_port)
    command = Command("redis", redis.command, home.logs / "redis.log")
    return redis.url, [[Service(command, redis_ping(redis.url))]]


def _object_store(settings: EmbeddedSettings, home: Home) -> dict[str, str]:
    if settings.object_store_url is None:
        return {"OBJECT_STORE_URL": home.objects.as_uri()}
    return {
        "OBJECT_STORE_URL": settings.object_store_url,
        "OBJECT_STORE_ACCESS_KEY": settings.object_store_access_key,
        "OBJECT_STORE_SECRET_KEY": settings.object_store_secret_key.get_secret_value(),
    }


def _module(name: str, home: Home, environment: Mapping[str, str]) -> Command:
    return Command(name, [sys.executable, "-m", f"services.{name}"], home.logs / f"{name}.log", environment)


def _preparations(settings: EmbeddedSettings, home: Home) -> list[Preparation]:
    """What is still missing in the home."""
    missing = []
    if not settings.model and not home.default_model.exists():
        arguments = [sys.executable, "-m", "services.embedded.default_model", str(home.default_model)]
        command = Command(f"model {DEFAULT_MODEL_NAME}", arguments, home.logs / "prepare-model.log")
        missing.append(Preparation(command, "prepared once, about 30 s"))
    if not (home.sentence_encoder / "encoder.onnx").exists():
        arguments = [sys.executable, str(_ENCODER_SCRIPT), str(home.sentence_encoder)]
        command = Command("sentence encoder", arguments, home.logs / "prepare-sentence-encoder.log")
        missing.append(Preparation(command, "prepared once, about 15 s"))
    return missing


def _reachable(host: str) -> str:
    """An address to reach a server that listens on `host` from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - the person's own choice


def _place(settings: EmbeddedSettings, home: Home) -> Place:
    return Place(f"http://{_reachable(settings.gateway_host)}:{settings.gateway_port}", home.api_key, home.logs)
