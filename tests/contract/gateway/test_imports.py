"""Importing adapters over real HTTP, with inference's real validation behind it."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from lorelei.types.v1 import types_pb2
from services.common.errors import ResourceExhausted
from services.common.keys import user_adapters_prefix
from services.common.manifest import AdapterManifest, GateSummary, manifest_to_bytes
from services.trainer.training.recipe import Recipe, resolve_recipe
from tests.contract.gateway.adapter_files import Adapter, put_adapter, validation
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.test_lessons import put_lesson
from tests.contract.gateway.test_memory import end_of

GATE = GateSummary(recall=1, recall_before=0, locality=1, retention=1, probes=1)
MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def validating(running: Running, tmp_path: Path) -> Iterator[None]:
    running.services.inference.check = validation(running.objects, tmp_path)
    yield
    running.services.inference.check = None


def stored(running: Running, user: str) -> set[str]:
    """Names of the versions with files."""
    folder = running.objects / user_adapters_prefix("default", user)
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


async def live(running: Running, user: str) -> tuple[AdapterManifest, Adapter]:
    """A version in force that knows one lesson that is there and one that is not."""
    adapter = Adapter()
    manifest = adapter.described(manifest_of(user))
    gone = manifest_of(user).job_id
    manifest = manifest.model_copy(update={"gate": GATE, "lessons": [gone, manifest.job_id], "recipe": {"rank": 99}})
    put_adapter(running.objects, manifest, adapter)
    put_lesson(running, user, str(manifest.job_id), "Ada leads Velt.")
    await running.registry.publish(manifest, await running.registry.active("default", user))
    return manifest, adapter


async def send(running: Running, user: str, packed: bytes, **query: str) -> httpx.Response:
    async with running.http() as http:
        return await http.post("/v1/adapters/import", params={"user": user, **query}, content=packed)


async def test_a_downloaded_version_comes_back_as_a_new_inactive_one(running: Running) -> None:
    manifest, adapter = await live(running, "traveller")
    who = {"user": "traveller"}
    async with running.http() as http:
        packed = (await http.get(f"/v1/adapters/{manifest.version}/download", params=who)).content
        imported = await http.post("/v1/adapters/import", params={**who, "name": "back"}, content=packed)
        body = imported.json()
        shown = (await http.get(f"/v1/adapters/{body['version']}", params=who)).json()
        listed = (await http.get("/v1/adapters", params=who)).json()["data"]
        again = (await http.get(f"/v1/adapters/{body['version']}/download", params=who)).content
        activated = await http.post("/v1/adapters/back/activate", params=who)
    assert (imported.status_code, shown) == (201, body)
    assert body["version"] not in ("", manifest.version)
    assert (body["active"], body["name"], body["origin"], body["parent"]) == (False, "back", "imported", None)
    assert (body["gate"], body["seconds"], body["job_id"]) == (None, 0, None)
    assert body["recipe"] == {"rank": 4, "alpha": 8, "trained_layers": 0.5}
    assert body["taught"] == [{"id": manifest.job_id, "statement": "Ada leads Velt."}]
    assert [(each["version"], each["active"]) for each in listed] == [
        (body["version"], False),
        (manifest.version, True),
    ]
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert {name: files[name] for name in adapter.files()} == adapter.files()
    assert activated.json()["active_version"] == body["version"]


async def test_another_users_manifest_gives_the_caller_no_lessons_and_nobody_else_anything(running: Running) -> None:
    manifest, adapter = await live(running, "giver")
    reply = await send(running, "taker", adapter.zipped({"manifest.json": manifest_to_bytes(manifest)}))
    body = reply.json()
    assert (body["user"], body["lessons"], body["taught"]) == ("taker", [], [])
    assert stored(running, "giver") == {manifest.version}
    assert stored(running, "taker") == {body["version"]}


@pytest.mark.parametrize(
    ("changes", "dtype", "shape"),
    [
        ({}, np.float16, (4, 8, 0.5)),
        ({"layers_to_transform": None, "r": 8}, np.float32, (8, 8, 1.0)),
        ({"layers_to_transform": [3], "use_rslora": True}, np.float32, (4, 16, 0.25)),
        ({"layers_to_transform": [0, 1]}, np.float32, (4, 8, 1.0)),
    ],
)
async def test_a_plain_peft_folder_has_a_recipe_to_be_trained_on_with(
    running: Running, changes: dict[str, Any], dtype: type[np.floating[Any]], shape: tuple[int, float, float]
) -> None:
    adapter = Adapter({**Adapter().config, **changes, "base_model_name_or_path": "/some/where"}, dtype)
    body = (await send(running, "plain", adapter.zipped())).json()
    recipe = resolve_recipe(Recipe(), {}, body["recipe"])
    assert (recipe.rank, recipe.alpha, recipe.trained_layers) == shape


def _refusals() -> Iterator[tuple[str, bytes, str, str]]:
    sound = Adapter()
    manifest = sound.described(manifest_of("refused"))
    for name, update in (
        ("another base", {"base_model_sha256": "1" * 64}),
        ("weights changed", {"weights_sha256": "0"}),
    ):
        other = manifest_to_bytes(manifest.model_copy(update=update))
        field = "base_model" if "base_model_sha256" in update else "adapter_model.safetensors"
        yield name, sound.zipped({"manifest.json": other}), field, "base model" if field == "base_model" else "SHA-256"
    yield "no manifest of ours", sound.zipped({"manifest.json": b"{}"}), "manifest.json", "damaged"
    yield "no JSON", sound.zipped({"adapter_config.json": b"{"}), "adapter_config.json", "JSON"
    yield "no rank", sound.zipped({"adapter_config.json": b'{"peft_type": "LORA"}'}), "adapter_config.json", "r:"
    yield "a large rank", Adapter({**sound.config, "r": 16}).zipped(), "body", "its rank is 16, at most 8"
    yield "other features", Adapter({**sound.config, "use_dora": True}).zipped(), "body", "use_dora"
    foreign = Adapter({**sound.config, "base_model_name_or_path": "big/model", "layers_to_transform": [2, 3, 9]})
    yield "unknown layers", foreign.zipped(), "body", "unknown tensors.*made for 'big/model'; 'tiny' is served"
    infinite = Adapter()
    next(iter(infinite.tensors.values()))[0, 0] = np.nan
    yield "not finite", infinite.zipped(), "body", "not finite"
    yield "a pickle", sound.zipped({"adapter_model.safetensors": b"\x80\x04N."}), "body", "safetensors"
    yield "no zip file", b"hello", "body", "no zip file"
    yield "a bomb", sound.zipped({"adapter_model.safetensors": bytes(MEBIBYTE)}), "body", "at most 1 MiB"


@pytest.mark.parametrize(("packed", "field", "message"), [pytest.param(*rest, id=name) for name, *rest in _refusals()])
async def test_what_cannot_be_served_is_refused_and_leaves_nothing(
    running: Running, packed: bytes, field: str, message: str
) -> None:
    reply = await send(running, "refused", packed)
    error = reply.json()["error"]
    assert reply.status_code in (400, 413)
    assert error["param"] == field
    assert re.search(message, error["message"])
    assert stored(running, "refused") == set()
    assert await running.registry.versions("default", "refused") == []


async def test_an_import_that_inference_cannot_try_leaves_nothing(running: Running) -> None:
    async def check(_: types_pb2.AdapterRef) -> None:
        raise ResourceExhausted("All adapter slots are in use; try again in a moment.")

    running.services.inference.check = check
    reply = await send(running, "unlucky", Adapter().zipped())
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "5")
    assert stored(running, "unlucky") == set()
    assert await running.registry.versions("default", "unlucky") == []


async def test_large_bodies_are_refused_and_callers_without_a_key_or_with_a_wrong_name(running: Running) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield bytes(MEBIBYTE // 16)

    large = bytes(2 * MEBIBYTE)
    async with running.http() as http:
        declared = await http.post("/v1/adapters/import", content=large)
        chunked = await http.post("/v1/adapters/import", content=pieces())
        misnamed = await http.post("/v1/adapters/import", content=large, params={"name": "base"})
        elsewhere = await http.patch("/v1/adapters/import", content=large)
    async with httpx.AsyncClient(base_url=running.url) as stranger:
        keyless = await stranger.post("/v1/adapters/import", content=large)
    for refused in (declared, chunked):
        assert (refused.status_code, refused.json()["error"]["param"]) == (413, "body")
        assert "at most 1 MiB" in refused.json()["error"]["message"]
    assert (misnamed.status_code, misnamed.json()["error"]["param"]) == (400, "name")
    assert (elsewhere.status_code, keyless.status_code) == (413, 401)


def broken_off(running: Running, user: str, age: timedelta, **update: Any) -> AdapterManifest:
    """A version with files that nobody has registered."""
    adapter = Adapter()
    fields = {"origin": "imported", "job_id": None, "created_at": datetime.now(UTC) - age, **update}
    manifest = adapter.described(manifest_of(user)).model_copy(update=fields)
    put_adapter(running.objects, manifest, adapter)
    return manifest


async def test_an_import_that_broke_off_is_never_seen_and_the_next_one_clears_it_away(running: Running) -> None:
    old = broken_off(running, "clumsy", timedelta(hours=2))
    running_elsewhere = broken_off(running, "clumsy", timedelta(minutes=1))
    candidate = broken_off(running, "clumsy", timedelta(hours=2), origin="trained")
    who = {"user": "clumsy"}
    async with running.http() as http:
        listed = (await http.get("/v1/adapters", params=who)).json()["data"]
        models = json.dumps((await http.get("/v1/models", params=who)).json())
        activated = await http.post(f"/v1/adapters/{old.version}/activate", params=who)
    assert (listed, activated.status_code) == ([], 404)
    assert old.version not in models
    imported = (await send(running, "clumsy", Adapter().zipped())).json()["version"]
    assert stored(running, "clumsy") == {running_elsewhere.version, candidate.version, imported}


async def test_forgetting_deletes_imported_versions_that_list_the_lesson_and_a_later_import_does_not_list_it(
    running: Running,
) -> None:
    manifest, adapter = await live(running, "repentant")
    packed = adapter.zipped({"manifest.json": manifest_to_bytes(manifest)})
    assert (await send(running, "repentant", packed)).json()["lessons"] == [manifest.job_id]
    broken_off(running, "repentant", timedelta(0), lessons=[manifest.job_id])
    who = {"user": "repentant"}
    async with running.http() as http:
        await end_of(http, await http.delete(f"/v1/lessons/{manifest.job_id}", params=who), "repentant")
        proof = (await http.get(f"/v1/lessons/{manifest.job_id}/erasure", params=who)).json()
    assert (len(proof["deleted"]["versions"]), proof["remains"]) == (3, [])
    assert stored(running, "repentant") == set()
    again = (await send(running, "repentant", packed)).json()
    assert (again["lessons"], again["taught"], again["active"]) == ([], [], False)
