"""Decides whether an adapter version's files are safe to load on this base model. Loads nothing into an engine.

vLLM accepts NaNs, flipped bits, missing layers and unknown ones without a word, and a NaN that reaches the shared
KV cache spoils other users' answers; so every file is checked here first.
"""

import hashlib
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from services.common.keys import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE
from services.common.manifest import AdapterManifest
from services.common.peft_config import PeftConfig
from services.inference.adapters.base_layout import BaseLayout
from services.inference.adapters.errors import invalid_adapter
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopy
from services.inference.adapters.peft_config import read_peft_config

# Finite weights of any size would still overflow to infinity inside the model, and then to NaN.
MAX_ABSOLUTE_WEIGHT = 1000.0
_FLOAT_TYPES = {"F32", "F16", "BF16"}
_NAMES_SHOWN = 3


class _Tensor(TypedDict):
    """A tensor as the safetensors library hands it out."""

    dtype: str
    shape: list[int]
    data: bytes


@dataclass(frozen=True)
class BaseRequirements:
    """What the served base model demands of an adapter."""

    layout: BaseLayout
    weights_sha256: str
    max_rank: int


def validate_adapter(key: AdapterKey, copy: LocalCopy, base: BaseRequirements) -> None:
    """Return when the version may be loaded, or raise FailedPrecondition that names what is wrong. Blocks."""
    _check_manifest(key, copy.manifest, base)
    config = read_peft_config(copy.folder / ADAPTER_CONFIG_FILE, base.max_rank)
    data = _read_weights(copy.folder / ADAPTER_WEIGHTS_FILE, copy.manifest)
    try:
        tensors: dict[str, _Tensor] = dict(deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise invalid_adapter(f"{ADAPTER_WEIGHTS_FILE} is not a complete safetensors file.") from error
    expected = expected_shapes(base.layout, config)
    _check_names(tensors.keys(), expected.keys())
    for name, tensor in tensors.items():
        _check_tensor(name, tensor, expected[name])


def expected_shapes(layout: BaseLayout, config: PeftConfig) -> dict[str, list[int]]:
    """Names and shapes of the tensors that an adapter with this configuration must hold, no more and no fewer."""
    shapes = {}
    for module, linear in layout.linears.items():
        if config.targets(module):
            shapes[f"base_model.model.{module}.lora_A.weight"] = [config.rank, linear.inputs]
            shapes[f"base_model.model.{module}.lora_B.weight"] = [linear.outputs, config.rank]
    return shapes


def _check_manifest(key: AdapterKey, manifest: AdapterManifest, base: BaseRequirements) -> None:
    if (manifest.tenant, manifest.user, manifest.version) != (key.tenant, key.user, key.version):
        raise invalid_adapter("manifest.json names another version.")
    if manifest.base_model_sha256 != base.weights_sha256:
        raise invalid_adapter(f"it was trained for another base model than the one served ({manifest.base_model}).")


def _read_weights(path: Path, manifest: AdapterManifest) -> bytes:
    size = path.stat().st_size
    if size != manifest.size_bytes:
        raise invalid_adapter(f"{path.name} has {size} bytes, manifest.json says {manifest.size_bytes}.")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != manifest.weights_sha256:
        raise invalid_adapter(f"{path.name} has another SHA-256 than manifest.json says.")
    return data


def _check_names(names: Set[str], expected: Set[str]) -> None:
    unknown, missing = sorted(names - expected), sorted(expected - names)
    if unknown:
        raise invalid_adapter(f"unknown tensors: {_shorten(unknown)}.")
    if missing or not expected:
        raise invalid_adapter(f"missing tensors: {_shorten(missing) or 'all, its target_modules fit no layer'}.")


def _shorten(names: list[str]) -> str:
    rest = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _check_tensor(name: str, tensor: _Tensor, shape: list[int]) -> None:
    if tensor["shape"] != shape:
        raise invalid_adapter(f"{name} has the shape {tensor['shape']}, the base model needs {shape}.")
    if tensor["dtype"] not in _FLOAT_TYPES:
        raise invalid_adapter(f"{name} has the type {tensor['dtype']}, it must be one of F32, F16 and BF16.")
    largest = np.abs(_values(tensor)).max(initial=0.0)
    if not np.isfinite(largest):
        raise invalid_adapter(f"{name} holds values that are not finite.")
    if largest > MAX_ABSOLUTE_WEIGHT:
        raise invalid_adapter(f"{name} holds values beyond ±{MAX_ABSOLUTE_WEIGHT:.0f}.")


def _values(tensor: _Tensor) -> NDArray[np.floating]:
    if tensor["dtype"] == "BF16":
        # A bfloat16 is the upper half of a float32; NumPy has no type of its own for it.
        return (np.frombuffer(tensor["data"], dtype=np.uint16).astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(tensor["data"], dtype=np.float32 if tensor["dtype"] == "F32" else np.float16)
