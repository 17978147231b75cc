"""Reads the base model's linear layers from the headers of its safetensors files. Reads no weights."""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.common.base_model import weight_files
from services.common.errors import FailedPrecondition

_HEADER_LENGTH = struct.Struct("<Q")
_MAX_HEADER_BYTES = 100_000_000
_WEIGHT = ".weight"
# Adapters may touch what lies inside a numbered decoder layer, not embeddings or the output head.
_IN_A_LAYER = re.compile(r"\.\d+\.")


@dataclass(frozen=True)
class LinearShape:
    """Features in and out of one linear layer."""

    inputs: int
    outputs: int


@dataclass(frozen=True)
class BaseLayout:
    """The linear layers that an adapter may change, by module name, such as "model.layers.0.mlp.up_proj"."""

    linears: Mapping[str, LinearShape]

    @property
    def suffixes(self) -> list[str]:
        """Last parts of the module names, such as "up_proj", sorted."""
        return sorted({name.rpartition(".")[2] for name in self.linears})


def read_base_layout(model_folder: Path) -> BaseLayout:
    """Find the linear layers of the model in `model_folder`.

    Raises FailedPrecondition when the folder has no readable safetensors files or no decoder layers in them.
    """
    linears = {}
    for path in weight_files(model_folder):
        for name, shape in _tensor_shapes(path):
            if name.endswith(_WEIGHT) and len(shape) == 2 and _IN_A_LAYER.search(name):
                linears[name.removesuffix(_WEIGHT)] = LinearShape(inputs=shape[1], outputs=shape[0])
    if not linears:
        raise FailedPrecondition(f"No linear layers were found in the model folder {model_folder.name}.")
    return BaseLayout(linears)


def _tensor_shapes(path: Path) -> Iterator[tuple[str, list[int]]]:
    with path.open("rb") as file:
        try:
            (length,) = _HEADER_LENGTH.unpack(file.read(_HEADER_LENGTH.size))
            header = json.loads(file.read(min(length, _MAX_HEADER_BYTES)))
        except (struct.error, ValueError) as error:
            raise FailedPrecondition(f"{path.name} of the base model is not a safetensors file.") from error
    for name, entry in header.items():
        if name != "__metadata__":
            yield name, entry["shape"]
