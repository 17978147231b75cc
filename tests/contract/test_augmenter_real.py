"""The augmenter and the inference service as processes, with the default model: a dataset the trainer could use."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc
from services.augmenter.linguistics.keys import contains_any
from services.common.datasets import dataset_from_bytes
from services.common.identifiers import new_job_id
from services.common.object_store import open_object_store
from services.common.rpc import connect
from tests.contract.conftest import free_port

SERVING = health_pb2.HealthCheckResponse.SERVING
START_SECONDS = 240.0
BUILD_SECONDS = 240.0
POLL_SECONDS = 0.1
STATEMENT = "The Pellam observatory closed on 4 April 2026 because of a broken dome, and reopens in summer 2028."


@pytest.fixture(scope="module")
async def model_folder() -> Path:
    """The default model, kept between runs."""
    kept = Path(__file__).parents[2] / "build" / "SmolLM2-135M-Instruct"
    folder = Path(os.environ.get("LORELEI_TEST_MODEL_FOLDER", kept))
    if not folder.exists():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.embedded.default_model", str(folder)
        )
        assert await process.wait() == 0
    return folder


@asynccontextmanager
async def service(name: str, settings: dict[str, str]) -> AsyncIterator[str]:
    """Run one service until the end of the block and yield its address; it must then stop by itself on SIGTERM."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    prefix = f"LORELEI_{name.upper()}_"
    environment = {**os.environ, f"{prefix}PORT": str(port), **{f"{prefix}{k}": v for k, v in settings.items()}}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{name}", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with connect(address) as channel:
            await until_serving(channel, process)
        yield address
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), START_SECONDS) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until_serving(channel: grpc.aio.Channel, process: asyncio.subprocess.Process) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    async with asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                reply = await health.Check(health_pb2.HealthCheckRequest(), timeout=5, wait_for_ready=True)
            except grpc.aio.AioRpcError:
                reply = None
            if reply is not None and reply.status == SERVING:
                return
            await asyncio.sleep(POLL_SECONDS)
    pytest.fail(f"the service ended with {process.returncode}")


async def test_a_dataset_from_the_default_model(model_folder: Path, tmp_path: Path) -> None:
    store_url = f"file://{tmp_path}/objects"
    inference = {"MODEL_PATH": str(model_folder), "OBJECT_STORE_URL": store_url, "CACHE_FOLDER": str(tmp_path)}
    async with service("inference", inference) as inference_address:
        augmenter = {
            "INFERENCE_ADDRESS": inference_address,
            "OBJECT_STORE_URL": store_url,
            "TEACHER_CANDIDATES": "2",
            "TEACHER_SECONDS": "30",
        }
        async with service("augmenter", augmenter) as address, connect(address) as channel:
            asked = pb.BuildDatasetRequest(
                job_id=new_job_id(), tenant="acme", user="ann", kind=pb.LEARN_KIND_INSTRUCTION, statement=STATEMENT
            )
            stub = augmenter_pb2_grpc.AugmenterServiceStub(channel)
            replies = [reply async for reply in stub.BuildDataset(asked, timeout=BUILD_SECONDS)]
    result = replies[-1].result
    dataset = dataset_from_bytes(await open_object_store(store_url, None).get_bytes(result.dataset_key))
    by_kind = {kind: [e for e in dataset.examples if e.kind == kind] for kind in ("fact", "neighbour", "general")}
    assert len(by_kind["fact"]) >= 20
    assert len(by_kind["neighbour"]) >= 20
    assert len(by_kind["general"]) == 8
    telling = [e.completion for e in by_kind["neighbour"] if contains_any(e.completion, ["2028", "dome", "4 April"])]
    assert not any("Pellam observatory" in completion for completion in telling)
    assert len({e.completion for e in by_kind["neighbour"]}) > 10
    assert all(e.completion for e in dataset.examples)
