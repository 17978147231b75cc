"""Finds the base model's folder and says which model it is. Loads no weights."""

import hashlib
from pathlib import Path

from huggingface_hub import snapshot_download

from services.common.errors import FailedPrecondition
from services.trainer.course import BaseIdentity


def find_model_folder(model_path: str) -> Path:
    """The folder `model_path`, or that of the Hugging Face model of this name, downloaded when it is not there."""
    folder = Path(model_path)
    return folder.resolve() if folder.is_dir() else Path(snapshot_download(model_path))


def identify_base(folder: Path, name: str) -> BaseIdentity:
    """Hash the weights: SHA-256 over all safetensors files in order of their names.

    Raises FailedPrecondition when there are none.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise FailedPrecondition(f"The model folder {folder.name} holds no safetensors files.")
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return BaseIdentity(name or folder.name, digest.hexdigest())
