"""Real adapters for a made-up base model of four layers, and inference's real validation of them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from lorelei.types.v1 import types_pb2
from services.common.keys import adapter_prefix
from services.common.manifest import AdapterManifest, manifest_to_bytes
from services.common.object_store import open_object_store
from services.inference.adapters.base_layout import BaseLayout, LinearShape
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopies
from services.inference.adapters.source import ValidatedAdapters
from services.inference.adapters.validation import BaseRequirements
from tests.contract.gateway.services import BASE_SHA256

LAYERS = 4
SHAPES = {"self_attn.q_proj": LinearShape(8, 16), "mlp.down_proj": LinearShape(32, 8)}
LAYOUT = BaseLayout({f"model.layers.{n}.{name}": shape for n in range(LAYERS) for name, shape in SHAPES.items()})
MAX_RANK = 8


def validation(objects: Path, scratch: Path) -> Callable[[types_pb2.AdapterRef], Awaitable[None]]:
    """What inference does before it loads a version, on this base model."""
    copies = LocalCopies(open_object_store(f"file://{objects}", None), scratch)
    source = ValidatedAdapters(copies, BaseRequirements(LAYOUT, BASE_SHA256, MAX_RANK))
    numbers: Iterator[int] = count()

    async def check(ref: types_pb2.AdapterRef) -> None:
        await source.obtain(AdapterKey(ref.tenant, ref.user, ref.version), str(next(numbers)))

    return check


@dataclass
class Adapter:
    """A sound adapter of the two upper layers, for a test to change."""

    config: dict[str, Any] = field(
        default_factory=lambda: {
            "peft_type": "LORA",
            "r": 4,
            "lora_alpha": 8,
            "target_modules": ["q_proj", "down_proj"],
            "layers_to_transform": [2, 3],
            "base_model_name_or_path": "tiny",
        }
    )
    dtype: type[np.floating[Any]] = np.float32
    tensors: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rank, layers = self.config["r"], self.config.get("layers_to_transform") or range(LAYERS)
        for number in layers:
            for name, shape in SHAPES.items():
                module = f"base_model.model.model.layers.{number}.{name}"
                self.tensors[f"{module}.lora_A.weight"] = np.full((rank, shape.inputs), 0.5, self.dtype)
                self.tensors[f"{module}.lora_B.weight"] = np.full((shape.outputs, rank), 0.25, self.dtype)

    def files(self) -> dict[str, bytes]:
        """As PEFT writes them."""
        return {
            "adapter_config.json": json.dumps(self.config).encode(),
            "adapter_model.safetensors": save(self.tensors),
        }

    def zipped(self, others: Mapping[str, bytes] | None = None) -> bytes:
        """All at the top of a zip file."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {**self.files(), **(others or {})}.items():
                archive.writestr(name, data)
        return packed.getvalue()

    def described(self, manifest: AdapterManifest) -> AdapterManifest:
        """The manifest with what is true of these weights."""
        weights = self.files()["adapter_model.safetensors"]
        sha256 = hashlib.sha256(weights).hexdigest()
        return manifest.model_copy(update={"size_bytes": len(weights), "weights_sha256": sha256})


def put_adapter(objects: Path, manifest: AdapterManifest, adapter: Adapter) -> Path:
    """Store a version's files; return their folder."""
    folder = objects / adapter_prefix(manifest.tenant, manifest.user, manifest.version)
    folder.mkdir(parents=True)
    for name, data in {**adapter.files(), "manifest.json": manifest_to_bytes(manifest)}.items():
        (folder / name).write_bytes(data)
    return folder
