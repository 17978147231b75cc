"""What may be loaded on a small base model, and what is said of the rest."""

import hashlib
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from services.common.errors import FailedPrecondition
from services.inference.adapters.base_layout import BaseLayout, LinearShape
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopy
from services.inference.adapters.validation import BaseRequirements, validate_adapter
from tests.unit.inference.manifests import manifest

KEY = AdapterKey("acme", "ada", "v-000000000001-00000000")
RANK = 4
LINEARS = {
    f"model.layers.{layer}.{name}": shape
    for layer in (0, 1)
    for name, shape in {"self_attn.q_proj": LinearShape(8, 16), "mlp.down_proj": LinearShape(32, 8)}.items()
}
BASE = BaseRequirements(BaseLayout(LINEARS), weights_sha256="b", max_rank=8)
FIRST_A = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"


@dataclass
class Version:
    """A sound version in memory, for a test to damage."""

    tensors: dict[str, NDArray[Any]] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    weights: bytes | None = None
    config_text: str | None = None

    def __post_init__(self) -> None:
        random = np.random.default_rng(0)
        for module, shape in LINEARS.items():
            prefix = f"base_model.model.{module}"
            self.tensors[f"{prefix}.lora_A.weight"] = random.random((RANK, shape.inputs), dtype=np.float32)
            self.tensors[f"{prefix}.lora_B.weight"] = random.random((shape.outputs, RANK), dtype=np.float32)
        self.config = {
            "peft_type": "LORA",
            "r": RANK,
            "lora_alpha": 8,
            "target_modules": ["q_proj", "down_proj"],
            "bias": "none",
            "modules_to_save": None,
            "rank_pattern": {},
        }

    def validate(self, folder: Path) -> None:
        weights = save(self.tensors) if self.weights is None else self.weights
        (folder / "adapter_model.safetensors").write_bytes(weights)
        (folder / "adapter_config.json").write_text(self.config_text or json.dumps(self.config))
        sound = manifest(KEY, weights_sha256=hashlib.sha256(weights).hexdigest(), size_bytes=len(weights))
        validate_adapter(KEY, LocalCopy(folder, sound.model_copy(update=self.manifest)), BASE)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_sound_version_passes(tmp_path: Path, dtype: type[np.floating[Any]]) -> None:
    version = Version()
    version.tensors = {name: tensor.astype(dtype) for name, tensor in version.tensors.items()}
    version.validate(tmp_path)
    version.manifest = {"size_bytes": 1}
    with pytest.raises(FailedPrecondition):
        version.validate(tmp_path)


def test_an_adapter_of_some_layers_passes_when_its_configuration_says_so(tmp_path: Path) -> None:
    version = Version()
    version.config["layers_to_transform"] = [1]
    version.tensors = {name: tensor for name, tensor in version.tensors.items() if ".layers.1." in name}
    version.validate(tmp_path)
    del version.config["layers_to_transform"]
    with pytest.raises(FailedPrecondition, match="missing tensors"):
        version.validate(tmp_path)


def _bfloat16(version: Version, exponent_bits: int) -> None:
    """Write all tensors as bfloat16, the first value with these upper 16 bits."""
    header, content = {}, b""
    for name, tensor in version.tensors.items():
        values = (tensor.view(np.uint32) >> 16).astype(np.uint16)
        if name == FIRST_A:
            values[0, 0] = exponent_bits
        begin, content = len(content), content + values.tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [begin, len(content)]}
    text = json.dumps(header).encode()
    version.weights = len(text).to_bytes(8, "little") + text + content


def test_bfloat16_passes(tmp_path: Path) -> None:
    version = Version()
    _bfloat16(version, 0x3F80)
    version.validate(tmp_path)
    _bfloat16(version, 0x7F80)
    with pytest.raises(FailedPrecondition):
        version.validate(tmp_path)


def _fill(value: float) -> Callable[[Version], None]:
    def damage(version: Version) -> None:
        version.tensors[FIRST_A][1, 2] = value

    return damage


def _config(**changes: Any) -> Callable[[Version], None]:
    return lambda version: version.config.update(changes)


def _manifest(**changes: Any) -> Callable[[Version], None]:
    return lambda version: version.manifest.update(changes)


def _as_type(dtype: type[Any]) -> Callable[[Version], None]:
    def damage(version: Version) -> None:
        version.tensors[FIRST_A] = version.tensors[FIRST_A].astype(dtype)

    return damage


def _rename(version: Version) -> None:
    version.tensors["base_model.model.lm_head.lora_A.weight"] = version.tensors.pop(FIRST_A)


def _drop(version: Version) -> None:
    del version.tensors[FIRST_A]


def _transpose(version: Version) -> None:
    version.tensors[FIRST_A] = version.tensors[FIRST_A].T.copy()


def _raw(make: Callable[[Version], bytes]) -> Callable[[Version], None]:
    def damage(version: Version) -> None:
        version.weights = make(version)

    return damage


def _not_json(version: Version) -> None:
    version.config_text = "{"


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_fill(np.nan), rf"{FIRST_A} holds values that are not finite"),
        (_fill(-np.inf), "not finite"),
        (_fill(-1001.0), "beyond ±1000"),
        (lambda version: _bfloat16(version, 0x7FC0), "not finite"),
        (lambda version: _bfloat16(version, 0xFF80), "not finite"),
        (_as_type(np.int32), "type I32"),
        (_as_type(np.float64), "type F64"),
        (_rename, r"unknown tensors: base_model\.model\.lm_head"),
        (_drop, f"missing tensors: {FIRST_A}"),
        (_transpose, r"shape \[8, 4\], the base model needs \[4, 8\]"),
        (_raw(lambda version: save(version.tensors)[:-1]), "not a complete safetensors file"),
        (_raw(lambda version: save(version.tensors) + b"more"), "not a complete safetensors file"),
        (_raw(lambda version: pickle.dumps(version.tensors)), "not a complete safetensors file"),
        (_raw(lambda version: b""), "not a complete safetensors file"),
        (_manifest(size_bytes=3), "bytes, manifest.json says 3"),
        (_manifest(weights_sha256="0" * 64), "another SHA-256"),
        (_manifest(base_model_sha256="c"), "another base model"),
        (_manifest(user="eve"), "names another version"),
        (_not_json, "is not JSON"),
        (_config(r=16), "rank is 16, at most 8"),
        (_config(r=0), "adapter_config.json: r:"),
        (_config(r="4"), "adapter_config.json: r:"),
        (_config(r=2), "shape"),
        (_config(lora_alpha=0), "lora_alpha"),
        (_config(lora_alpha=float("nan")), "lora_alpha"),
        (_config(lora_alpha=1e6), "scaling is 250000"),
        (_config(target_modules=["q_proj"]), "unknown tensors"),
        (_config(target_modules=["nothing"]), "unknown tensors"),
        (_config(target_modules=".*_proj"), "target_modules"),
        (_config(target_modules=[]), "target_modules"),
        (_config(peft_type="LOHA"), "plain LoRA"),
        (_config(bias="all"), "plain LoRA"),
        (_config(use_dora=True), "use_dora"),
        (_config(modules_to_save=["lm_head"]), "modules_to_save"),
        (_config(rank_pattern={"q_proj": 2}), "rank_pattern"),
        (_config(layers_to_transform=[0]), "unknown tensors"),
    ],
)
def test_a_damaged_version_is_refused_with_the_reason(
    tmp_path: Path, damage: Callable[[Version], None], complaint: str
) -> None:
    version = Version()
    damage(version)
    with pytest.raises(FailedPrecondition, match=complaint) as failure:
        version.validate(tmp_path)
    assert failure.value.reason == "ADAPTER_INVALID"


def test_an_adapter_without_tensors_is_refused(tmp_path: Path) -> None:
    version = Version(weights=save({}))
    version.config["target_modules"] = ["nothing"]
    with pytest.raises(FailedPrecondition, match="fit no layer"):
        version.validate(tmp_path)
