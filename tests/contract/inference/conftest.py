"""The default model, prepared once for all runs, and one service for most tests."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.inference.adapter_files import AdapterFactory
from tests.contract.inference.service import InferenceProcess, running_inference

_KEPT_MODEL = Path(__file__).parents[3] / "build" / "SmolLM2-135M-Instruct"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def model_folder() -> Path:
    """The default model: that of LORELEI_TEST_MODEL_FOLDER, else one kept under build/, which git ignores."""
    folder = Path(os.environ.get("LORELEI_TEST_MODEL_FOLDER", _KEPT_MODEL))
    if not folder.exists():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.embedded.default_model", str(folder)
        )
        assert await process.wait() == 0
    return folder


@pytest.fixture(scope="session")
def adapters(model_folder: Path) -> AdapterFactory:
    """Makes adapters for the model."""
    return AdapterFactory(model_folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_inference(
    model_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[InferenceProcess]:
    """A service that has loaded the model, with four adapter slots."""
    async with running_inference(model_folder, tmp_path_factory.mktemp("inference")) as service:
        await service.until_serving()
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def inference(shared_inference: InferenceProcess) -> AsyncIterator[InferenceProcess]:
    """The shared service with free slots."""
    yield shared_inference
    await shared_inference.unload_all()
