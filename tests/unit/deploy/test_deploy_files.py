"""Compose file, manifests and images fit the code: settings are declared, entrypoints exist, ports and probes agree."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.deploy.declared_settings import SERVICES, declared_names, required_names, settings_class

ROOT = Path(__file__).parents[3]
BASE = ROOT / "deploy" / "k8s" / "base"
Document = dict[str, Any]


def compose_service(name: str) -> Document:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][name])


def manifests(name: str) -> dict[str, Document]:
    """The documents of one manifest file by kind."""
    return {document["kind"]: document for document in yaml.safe_load_all((BASE / f"{name}.yaml").read_text())}


def container(name: str) -> Document:
    kinds = manifests(name)
    workload = kinds.get("Deployment") or kinds["StatefulSet"]
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return dict(only)


def instructions(service: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, in order; continued lines are joined."""
    text = (ROOT / "deploy" / "docker" / f"{service}.Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def image_environment(service: str) -> dict[str, str]:
    """What the last stage of an image sets."""
    found: dict[str, str] = {}
    for instruction, rest in instructions(service):
        if instruction == "FROM":
            found = {}
        if instruction == "ENV":
            found.update(item.split("=", 1) for item in shlex.split(rest))  # type: ignore[arg-type]
    return found


def last(service: str, instruction: str) -> str:
    return [rest for name, rest in instructions(service) if name == instruction][-1]


def lorelei_names(names: object) -> set[str]:
    return {name for name in map(str, names) if name.startswith("LORELEI_")}  # type: ignore[call-overload]


@pytest.mark.parametrize("service", SERVICES)
def test_environment_names_are_declared_and_complete(service: str) -> None:
    image = image_environment(service)
    sources = {
        "compose": set(compose_service(service)["environment"]) | set(image),
        "k8s": {variable["name"] for variable in container(service)["env"]} | set(image),
    }
    for source, names in sources.items():
        assert lorelei_names(names) <= declared_names(service), source
        assert required_names(service) <= names, source


def test_no_lorelei_name_is_set_for_anything_else() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    others = {name: service for name, service in services.items() if name not in SERVICES}
    assert {name: lorelei_names(service.get("environment", {})) for name, service in others.items()} == {
        name: set() for name in others
    }


@pytest.mark.parametrize("service", SERVICES)
def test_entrypoint_is_the_services_module_and_does_not_run_as_root(service: str) -> None:
    assert last(service, "ENTRYPOINT") == f'["python", "-m", "services.{service}"]'
    assert importlib.util.find_spec(f"services.{service}.__main__") is not None
    assert last(service, "USER") == "10001"
    security = manifests(service)["Deployment"]["spec"]["template"]["spec"]["securityContext"]
    assert (security["runAsNonRoot"], security["runAsUser"]) == (True, 10001)
    assert container(service)["securityContext"]["readOnlyRootFilesystem"] is True


def test_what_the_images_copy_exists() -> None:
    for service in SERVICES:
        for instruction, rest in instructions(service):
            if instruction == "COPY" and not rest.startswith("--from"):
                *sources, _ = rest.split()
                assert [source for source in sources if not (ROOT / source).exists()] == []


def test_other_commands_are_modules_too() -> None:
    compose = compose_service("model")["entrypoint"]
    (job,) = manifests("models")["Job"]["spec"]["template"]["spec"]["containers"]
    assert compose == job["command"]
    assert compose[:2] == ["python", "-m"]
    assert importlib.util.find_spec(compose[2]) is not None


@pytest.mark.parametrize("service", SERVICES)
def test_ports_agree(service: str) -> None:
    port = settings_class(service).model_fields["port"].default
    assert int(last(service, "EXPOSE")) == port
    assert container(service)["ports"][0]["containerPort"] == port
    assert manifests(service)["Service"]["spec"]["ports"][0]["port"] == port


def test_services_call_each_other_at_their_ports() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + "".join(file.read_text() for file in BASE.glob("*.yaml"))
    ports = {service: settings_class(service).model_fields["port"].default for service in SERVICES}
    calls = re.findall(r"\b(gateway|inference|augmenter|trainer):(\d{4,5})\b", text)
    assert calls
    assert [(name, port) for name, port in calls if ports[name] != int(port)] == []


@pytest.mark.parametrize("name", [*SERVICES, "redis", "minio"])
def test_probes_exist(name: str) -> None:
    probes = {kind: container(name)[kind] for kind in ("readinessProbe", "livenessProbe")}
    if name in {"inference", "augmenter", "trainer"}:
        assert probes["readinessProbe"]["grpc"]["port"] == settings_class(name).model_fields["port"].default
    if name == "gateway":
        assert probes["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
        assert probes["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}


@pytest.mark.parametrize("name", ["inference", "augmenter", "trainer"])
def test_compose_asks_each_grpc_service_whether_it_serves(name: str) -> None:
    command = compose_service(name)["healthcheck"]["test"]
    port = settings_class(name).model_fields["port"].default
    assert command == ["CMD", "python", "-m", "services.common.rpc.probe", f"127.0.0.1:{port}"]
    assert importlib.util.find_spec(command[3]) is not None


@pytest.mark.parametrize("name", [*SERVICES, "redis", "minio"])
def test_a_workload_its_service_and_its_account_lie_together(name: str) -> None:
    kinds = manifests(name)
    workload = kinds.get("Deployment") or kinds["StatefulSet"]
    pod = workload["spec"]["template"]
    assert {"Service", "ServiceAccount"} < set(kinds)
    assert pod["spec"]["serviceAccountName"] == kinds["ServiceAccount"]["metadata"]["name"]
    assert (
        kinds["Service"]["spec"]["selector"] == pod["metadata"]["labels"] == workload["spec"]["selector"]["matchLabels"]
    )
    assert container(name)["resources"]["requests"]


def test_the_kustomization_lists_every_manifest_and_makes_every_secret() -> None:
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    assert sorted(kustomization["resources"]) == sorted(
        file.name for file in BASE.glob("*.yaml") if file.name != "kustomization.yaml"
    )
    made = {
        (secret["name"], item.split("=")[0])
        for secret in kustomization["secretGenerator"]
        for item in secret["literals"]
    }
    used = {
        (variable["valueFrom"]["secretKeyRef"]["name"], variable["valueFrom"]["secretKeyRef"]["key"])
        for name in (*SERVICES, "minio")
        for variable in container(name)["env"]
        if "valueFrom" in variable
    }
    assert used <= made
    key_file = next(item["value"] for item in container("gateway")["env"] if item["name"].endswith("_KEY_FILE"))
    assert ("api-key", Path(key_file).name) in made
