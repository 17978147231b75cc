"""Finds the base model's folder and says, by a hash of its weights, which model it is. Loads no weights."""

import hashlib
from pathlib import Path

from huggingface_hub import snapshot_download

from services.common.errors import FailedPrecondition

_BLOCK_BYTES = 1 << 20


def find_model_folder(model_path: str) -> Path:
    """The folder `model_path`, or that of the Hugging Face model of this name, downloaded when it is not there."""
    folder = Path(model_path)
    return folder.resolve() if folder.is_dir() else Path(snapshot_download(model_path))


def weight_files(model_folder: Path) -> list[Path]:
    """The model's safetensors files in order of their names, or FailedPrecondition when there is none."""
    files = sorted(model_folder.glob("*.safetensors"))
    if not files:
        raise FailedPrecondition(f"The model folder {model_folder.name} holds no safetensors files.")
    return files


def hash_weights(model_folder: Path) -> str:
    """SHA-256 over all safetensors files in order of their names; raises FailedPrecondition when there are none."""
    digest = hashlib.sha256()
    for path in weight_files(model_folder):
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()
