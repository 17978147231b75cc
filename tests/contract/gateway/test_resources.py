"""Adapters, the caller, health and metrics over real HTTP."""

import io
import zipfile
from pathlib import Path

import httpx

from services.common.keys import adapter_prefix
from services.common.manifest import GateSummary, ProbeAnswer, manifest_to_bytes
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of


def files_of(running: Running, user: str, version: str) -> Path:
    return running.objects / adapter_prefix("default", user, version)


async def test_versions_are_listed_shown_activated_and_deleted(running: Running) -> None:
    old, new = manifest_of("keeper"), manifest_of("keeper")
    await running.registry.publish(old, None)
    await running.registry.publish(new, old.version)
    for manifest in (old, new):
        folder = files_of(running, "keeper", manifest.version)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")
    who = {"user": "keeper"}
    async with running.http() as http:
        listed = (await http.get("/v1/adapters", params=who)).json()["data"]
        shown = (await http.get(f"/v1/adapters/{old.version}", params=who)).json()
        serving = await http.delete(f"/v1/adapters/{new.version}", params=who)
        activated = await http.post(f"/v1/adapters/{old.version}/activate", params=who)
        me = (await http.get("/v1/me", params=who)).json()
        deleted = await http.delete(f"/v1/adapters/{new.version}", params=who)
        gone = await http.get(f"/v1/adapters/{new.version}", params=who)
        based = await http.post("/v1/adapters/base/activate", params=who)
        me_after = (await http.get("/v1/me", params=who)).json()
    assert [each["version"] for each in listed] == [new.version, old.version]
    assert [each["active"] for each in listed] == [True, False]
    assert (shown["base_model"], shown["lessons"]) == ("tiny", [old.job_id])
    assert serving.status_code == 409
    assert activated.json()["active_version"] == old.version
    assert old.version in running.services.inference.loaded
    assert me["active_version"] == old.version
    assert deleted.json() == {"object": "adapter.deleted", "version": new.version, "deleted": True}
    assert new.version in running.services.inference.unloaded
    assert not files_of(running, "keeper", new.version).exists()
    assert files_of(running, "keeper", old.version).exists()
    assert gone.status_code == 404
    assert (based.status_code, me_after["active_version"]) == (200, None)


async def test_a_version_alone_shows_what_it_answered_before_and_after(running: Running) -> None:
    answer = ProbeAnswer(subject="recall", question="Who?", before="Nobody.", after="Ada.", passed=True)
    gate = GateSummary(recall=1, recall_before=0, locality=1, retention=1, probes=1, answers=[answer])
    manifest = manifest_of("prover").model_copy(update={"gate": gate})
    await running.registry.publish(manifest, None)
    async with running.http() as http:
        listed = (await http.get("/v1/adapters", params={"user": "prover"})).json()["data"]
        shown = (await http.get(f"/v1/adapters/{manifest.version}", params={"user": "prover"})).json()
    assert shown["gate"]["answers"] == [answer.model_dump()]
    assert listed[0]["gate"] == gate.model_dump(exclude={"answers"})


async def test_a_version_is_downloaded_as_a_peft_folder_with_its_manifest(running: Running) -> None:
    manifest = manifest_of("exporter")
    await running.registry.publish(manifest, None)
    folder = files_of(running, "exporter", manifest.version)
    folder.mkdir(parents=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (folder / name).write_text(name)
    async with running.http() as http:
        reply = await http.get(f"/v1/adapters/{manifest.version}/download", params={"user": "exporter"})
    assert reply.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files.pop(f"{manifest.version}/manifest.json") == manifest_to_bytes(manifest)
    assert files == {f"{manifest.version}/{name}": name.encode() for name in files_in(folder)}


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_another_users_version_is_not_found(running: Running) -> None:
    manifest = manifest_of("victim")
    await running.registry.publish(manifest, None)
    path = f"/v1/adapters/{manifest.version}"
    async with running.http() as http:
        replies = [
            await http.get(path, params={"user": "thief"}),
            await http.get(f"{path}/download", params={"user": "thief"}),
            await http.delete(path, params={"user": "thief"}),
            await http.post(f"{path}/activate", params={"user": "thief"}),
        ]
        malformed = await http.get("/v1/adapters/v1", params={"user": "thief"})
    assert [reply.status_code for reply in replies] == [404] * 4
    assert malformed.status_code == 400


async def test_the_default_user_is_default(running: Running) -> None:
    async with running.http() as http:
        me = (await http.get("/v1/me")).json()
    assert (me["tenant"], me["user"], me["active_version"]) == ("default", "default", None)
    assert me["limits"]["request_bytes"] == 20_000


async def test_health_readiness_metrics_and_pages_need_no_key(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        ready = await http.get("/readyz")
        metrics = await http.get("/metrics")
        page = await http.get("/")
        openapi = (await http.get("/openapi.json")).json()
        assert (await http.get("/docs")).status_code == 200
    assert ready.json() == {
        "status": "ready",
        "services": dict.fromkeys(("redis", "inference", "augmenter", "trainer"), "ready"),
    }
    assert 'route="/healthz",status="200"' in metrics.text
    assert "learn-" not in metrics.text
    assert 'href="/docs"' in page.text
    assert {"/v1/chat/completions", "/v1/learn/{job_id}/events", "/v1/adapters/{version}/activate"} <= set(
        openapi["paths"]
    )
