"""From the object store to a folder of this machine, and what the base model's files say."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from services.common.base_model import find_model_folder, hash_weights
from services.common.errors import FailedPrecondition, InvalidArgument, NotFound
from services.common.manifest import manifest_to_bytes
from services.common.object_store import ObjectStore, open_object_store
from services.inference.adapters.base_layout import LinearShape, read_base_layout
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopies
from services.inference.adapters.source import ValidatedAdapters
from services.inference.adapters.validation import BaseRequirements
from tests.unit.inference.manifests import manifest

KEY = AdapterKey("acme", "ada", "v-000000000001-00000000")


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_object_store(f"file://{tmp_path}/objects", None)


async def put_version(store: ObjectStore) -> None:
    await store.put_bytes(f"{KEY.prefix}manifest.json", manifest_to_bytes(manifest(KEY)))
    await store.put_bytes(f"{KEY.prefix}adapter_config.json", b"{}")
    await store.put_bytes(f"{KEY.prefix}adapter_model.safetensors", b"?")


async def test_a_version_is_copied_and_discarded(store: ObjectStore, tmp_path: Path) -> None:
    await put_version(store)
    copies = LocalCopies(store, tmp_path / "copies")
    copy = await copies.fetch(KEY, "first")
    assert (copy.folder / "adapter_model.safetensors").read_bytes() == b"?"
    assert copy.manifest.version == KEY.version
    await copies.discard(copy.folder)
    assert list((tmp_path / "copies").iterdir()) == []


async def test_no_manifest_means_no_version(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=KEY.version):
        await LocalCopies(store, tmp_path / "copies").fetch(KEY, "first")


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
async def test_a_missing_file_is_named_and_leaves_no_folder(store: ObjectStore, tmp_path: Path, name: str) -> None:
    await put_version(store)
    (tmp_path / "objects" / KEY.prefix / name).unlink()
    with pytest.raises(FailedPrecondition, match=f"{name} is missing") as failure:
        await LocalCopies(store, tmp_path / "copies").fetch(KEY, "first")
    assert failure.value.reason == "ADAPTER_INVALID"
    assert list((tmp_path / "copies").iterdir()) == []


async def test_a_damaged_manifest_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    await put_version(store)
    await store.put_bytes(f"{KEY.prefix}manifest.json", b"{}")
    with pytest.raises(FailedPrecondition, match=r"manifest\.json"):
        await LocalCopies(store, tmp_path / "copies").fetch(KEY, "first")


async def test_an_unsound_version_is_refused_and_its_copy_deleted(store: ObjectStore, tmp_path: Path) -> None:
    await put_version(store)
    base = BaseRequirements(read_base_layout(_base_model(tmp_path)), "b", 8)
    source = ValidatedAdapters(LocalCopies(store, tmp_path / "copies"), base)
    with pytest.raises(FailedPrecondition):
        await source.obtain(KEY, "first")
    assert list((tmp_path / "copies").iterdir()) == []


@pytest.mark.parametrize("field", ["tenant", "user", "version"])
def test_a_key_cannot_leave_its_place(field: str) -> None:
    names = {"tenant": KEY.tenant, "user": KEY.user, "version": KEY.version, field: "../up"}
    with pytest.raises(InvalidArgument) as failure:
        AdapterKey(**names)
    assert failure.value.field == field


def test_the_linear_layers_of_the_decoder_are_found(tmp_path: Path) -> None:
    layout = read_base_layout(_base_model(tmp_path))
    assert layout.linears == {"model.layers.0.mlp.up_proj": LinearShape(inputs=4, outputs=6)}
    assert layout.suffixes == ["up_proj"]


def _base_model(folder: Path) -> Path:
    tensors = {
        "model.embed_tokens.weight": (9, 4),
        "model.layers.0.mlp.up_proj.weight": (6, 4),
        "model.layers.0.mlp.up_proj.bias": (6,),
        "model.layers.0.input_layernorm.weight": (4,),
        "lm_head.weight": (9, 4),
    }
    save_file({name: np.zeros(shape, np.float32) for name, shape in tensors.items()}, folder / "model.safetensors")
    return folder


@pytest.mark.parametrize("content", [None, b"", b"\x05\0\0\0\0\0\0\0nonsense"])
def test_a_folder_without_a_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(FailedPrecondition):
        read_base_layout(tmp_path)


def test_the_models_hash_covers_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "b.safetensors").write_bytes(b"second")
    (tmp_path / "a.safetensors").write_bytes(b"first ")
    assert hash_weights(tmp_path) == hashlib.sha256(b"first second").hexdigest()
    assert find_model_folder(str(tmp_path)) == tmp_path
