"""Finds the base model's folder and says which model it is. Loads no weights."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import snapshot_download

from services.inference.adapters.base_layout import weight_files

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class BaseModel:
    """What callers may know of the served base model."""

    name: str
    weights_sha256: str
    max_model_len: int
    max_lora_rank: int


def find_model_folder(model_path: str) -> Path:
    """The folder `model_path`, or that of the Hugging Face model of this name, downloaded when it is not there."""
    folder = Path(model_path)
    return folder.resolve() if folder.is_dir() else Path(snapshot_download(model_path))


def hash_weights(model_folder: Path) -> str:
    """SHA-256 over all safetensors files in order of their names; raises FailedPrecondition when there are none."""
    digest = hashlib.sha256()
    for path in weight_files(model_folder):
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()
