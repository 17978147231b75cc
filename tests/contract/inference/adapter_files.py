"""Writes adapter versions to an object store: random ones that change every answer, and damaged ones."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from lorelei.types.v1 import types_pb2
from services.common.identifiers import new_job_id, new_version
from services.common.keys import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, MANIFEST_FILE, adapter_prefix
from services.common.manifest import AdapterManifest, manifest_to_bytes

RANK = 8
Tensors = dict[str, NDArray[np.float32]]


@dataclass
class AdapterFiles:
    """The files of one version before they are written; a test may damage any of them."""

    tensors: Tensors
    config: dict[str, object]
    base_sha256: str
    tenant: str = "acme"
    user: str = "ada"
    version: str = field(default_factory=lambda: new_version(new_job_id()))

    @property
    def ref(self) -> types_pb2.AdapterRef:
        """The version as requests name it."""
        return types_pb2.AdapterRef(tenant=self.tenant, user=self.user, version=self.version)

    @property
    def prefix(self) -> str:
        """Where the version lies in the store."""
        return adapter_prefix(self.tenant, self.user, self.version)

    def weights_path(self, store: Path) -> Path:
        """The file of weights in a directory store."""
        return store / self.prefix / ADAPTER_WEIGHTS_FILE

    def manifest(self, weights: bytes) -> AdapterManifest:
        """The manifest that fits `weights`."""
        return AdapterManifest(
            version=self.version,
            tenant=self.tenant,
            user=self.user,
            job_id=new_job_id(),
            parent=None,
            base_model="base",
            base_model_sha256=self.base_sha256,
            lessons=[],
            recipe={},
            size_bytes=len(weights),
            weights_sha256=hashlib.sha256(weights).hexdigest(),
            gate=None,
            created_at=datetime.now(UTC),
            seconds=0.0,
        )

    def write(self, store: Path, weights: bytes | None = None) -> "AdapterFiles":
        """Write the version into a directory store; `weights` replace what the tensors make."""
        content = save(self.tensors) if weights is None else weights
        folder = store / self.prefix
        folder.mkdir(parents=True)
        (folder / MANIFEST_FILE).write_bytes(manifest_to_bytes(self.manifest(content)))
        (folder / ADAPTER_CONFIG_FILE).write_text(json.dumps(self.config))
        self.weights_path(store).write_bytes(content)
        return self


class AdapterFactory:
    """Makes random adapters for the Llama-like model in a folder."""

    def __init__(self, model_folder: Path) -> None:
        self._shape = json.loads((model_folder / "config.json").read_text())
        self._base_sha256 = hashlib.sha256((model_folder / "model.safetensors").read_bytes()).hexdigest()

    def random(self, seed: int, rank: int = RANK) -> AdapterFiles:
        """An adapter that turns every answer into another one, its own for each seed."""
        random = np.random.default_rng(seed)
        tensors = {}
        for module, (inputs, outputs) in self._linears().items():
            prefix = f"base_model.model.{module}"
            tensors[f"{prefix}.lora_A.weight"] = self._noise(random, rank, inputs, inputs**-0.5)
            tensors[f"{prefix}.lora_B.weight"] = self._noise(random, outputs, rank, 0.1)
        return AdapterFiles(tensors, self._config(rank), self._base_sha256)

    def _linears(self) -> dict[str, tuple[int, int]]:
        hidden, inner = self._shape["hidden_size"], self._shape["intermediate_size"]
        head = self._shape.get("head_dim") or hidden // self._shape["num_attention_heads"]
        queries, keys = self._shape["num_attention_heads"] * head, self._shape["num_key_value_heads"] * head
        attention = {"q_proj": (hidden, queries), "k_proj": (hidden, keys), "v_proj": (hidden, keys)}
        return {
            f"model.layers.{layer}.{part}.{name}": shape
            for layer in range(self._shape["num_hidden_layers"])
            for part, shapes in {
                "self_attn": {**attention, "o_proj": (queries, hidden)},
                "mlp": {"gate_proj": (hidden, inner), "up_proj": (hidden, inner), "down_proj": (inner, hidden)},
            }.items()
            for name, shape in shapes.items()
        }

    def _config(self, rank: int) -> dict[str, object]:
        targets = sorted({name.rpartition(".")[2] for name in self._linears()})
        return {"peft_type": "LORA", "r": rank, "lora_alpha": rank, "target_modules": targets, "bias": "none"}

    @staticmethod
    def _noise(random: np.random.Generator, rows: int, columns: int, deviation: float) -> NDArray[np.float32]:
        return (random.standard_normal((rows, columns)) * deviation).astype(np.float32)
