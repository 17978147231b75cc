"""A tiny model and one training engine on it, shared by the trainer's unit tests."""

import os
import socket
from pathlib import Path

import pytest

from services.trainer.training.contract import BaseModel
from tests.unit.trainer.tiny_model import make_tiny_model

os.environ.setdefault("DS_ACCELERATOR", "cpu")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    """The folder of a tiny random llama."""
    folder: Path = make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")
    return BaseModel(str(folder), "tiny")


@pytest.fixture(scope="session")
def rendezvous() -> str:
    """An address at which a process group of this test run can meet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"127.0.0.1:{port}"
