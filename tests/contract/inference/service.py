"""Runs the inference service as a process and speaks to it over a real channel."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from lorelei.inference.v1 import inference_pb2 as pb
from lorelei.inference.v1 import inference_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.common.rpc import calling, connect
from tests.contract.inference.adapter_files import AdapterFiles

START_SECONDS = 240
CALL_SECONDS = 120
SERVING = health_pb2.HealthCheckResponse.SERVING
_POLL_SECONDS = 0.05

Stream: TypeAlias = "grpc.aio.UnaryStreamCall[pb.GenerateRequest, pb.GenerateResponse]"


@dataclass(frozen=True)
class Answer:
    """A finished generation."""

    text: str
    finish: pb.GenerateFinish


class InferenceProcess:
    """A running inference service."""

    def __init__(self, process: asyncio.subprocess.Process, channel: grpc.aio.Channel, log: Path, store: Path) -> None:
        self.process = process
        self.stub = inference_pb2_grpc.InferenceServiceStub(channel)
        self.store = store
        self._health = health_pb2_grpc.HealthStub(channel)
        self._log = log
        self._requests = 0

    def request(
        self, text: str, adapter: AdapterFiles | None = None, *, request_id: str = "", **sampling: Any
    ) -> pb.GenerateRequest:
        """A request for a greedy answer."""
        self._requests += 1
        return pb.GenerateRequest(
            request_id=request_id or f"request-{self._requests}",
            messages=[types_pb2.ChatMessage(role="user", content=text)],
            adapter=adapter.ref if adapter else None,
            sampling=pb.Sampling(**{"temperature": 0.0, "max_tokens": 16, **sampling}),
        )

    def stream(self, request: pb.GenerateRequest) -> Stream:
        """Start a generation."""
        return self.stub.Generate(request, timeout=CALL_SECONDS)

    async def answer(self, text: str, adapter: AdapterFiles | None = None, **sampling: Any) -> Answer:
        """Generate to the end; raises the LoreleiError that it ends with."""
        return await self.finish(self.stream(self.request(text, adapter, **sampling)))

    async def finish(self, call: Stream, begun: str = "") -> Answer:
        """Read a generation to its end; `begun` is what has been read already."""
        responses = []
        with calling("inference"):
            # Not `async for`, which may not follow a `read`.
            while isinstance(response := await call.read(), pb.GenerateResponse):
                responses.append(response)
        *pieces, last = responses
        assert last.HasField("finish")
        assert all(piece.text_delta for piece in pieces)
        return Answer(begun + "".join(piece.text_delta for piece in pieces), last.finish)

    async def begin(self, request: pb.GenerateRequest) -> tuple[Stream, str]:
        """Start a generation and read its first piece of text."""
        call = self.stream(request)
        first = await call.read()
        assert isinstance(first, pb.GenerateResponse)
        return call, first.text_delta

    async def score(self, items: list[tuple[str, str]], adapter: AdapterFiles | None = None) -> list[list[float]]:
        """Log-probabilities of each (question, completion)."""
        request = pb.ScoreRequest(adapter=adapter.ref if adapter else None)
        for question, completion in items:
            request.items.add(messages=[types_pb2.ChatMessage(role="user", content=question)], completion=completion)
        with calling("inference"):
            reply = await self.stub.Score(request, timeout=CALL_SECONDS)
        return [list(score.token_logprobs) for score in reply.scores]

    async def load(self, adapter: AdapterFiles) -> float:
        with calling("inference"):
            return (await self.stub.LoadAdapter(pb.LoadAdapterRequest(adapter=adapter.ref), timeout=60)).seconds

    async def unload(self, adapter: AdapterFiles) -> int:
        with calling("inference"):
            request = pb.UnloadAdapterRequest(adapter=adapter.ref)
            return (await self.stub.UnloadAdapter(request, timeout=60)).streams_in_flight

    async def streams(self) -> dict[str, int]:
        """Streams in flight by resident version, in the order of the listing."""
        with calling("inference"):
            reply = await self.stub.ListAdapters(pb.ListAdaptersRequest(), timeout=10)
        return {resident.adapter.version: resident.streams_in_flight for resident in reply.adapters}

    async def unload_all(self) -> None:
        """Free every slot."""
        with calling("inference"):
            reply = await self.stub.ListAdapters(pb.ListAdaptersRequest(), timeout=10)
            for resident in reply.adapters:
                await self.stub.UnloadAdapter(pb.UnloadAdapterRequest(adapter=resident.adapter), timeout=60)

    async def serving(self) -> bool:
        """Whether health says SERVING."""
        reply = await self._health.Check(health_pb2.HealthCheckRequest(), timeout=10)
        return bool(reply.status == SERVING)

    async def until_serving(self, serving: bool = True) -> None:
        """Return when health says so."""
        async with asyncio.timeout(START_SECONDS):
            while await self.serving() != serving:
                assert self.process.returncode is None, self._log.read_text()
                await asyncio.sleep(_POLL_SECONDS)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's events of one name so far."""
        lines = [line for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def engine(self) -> psutil.Process:
        """The engine's process."""
        (engine,) = [child for child in self.family() if "EngineCore" in " ".join(child.cmdline())]
        return engine

    def family(self) -> list[psutil.Process]:
        """All processes that the service has started."""
        return psutil.Process(self.process.pid).children(recursive=True)


async def until_gone(processes: list[psutil.Process]) -> None:
    """Return when all have ended; an orphan that nobody has reaped yet has."""
    async with asyncio.timeout(30):
        while any(_runs(process) for process in processes):
            await asyncio.sleep(_POLL_SECONDS)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def running_inference(
    model_folder: Path, folder: Path, module: str = "services.inference", **settings: object
) -> AsyncIterator[InferenceProcess]:
    """Start the service on any free port, with its store and its log in `folder`; stop it at the end."""
    log, store = folder / f"inference-{len(list(folder.glob('*.log')))}.log", folder / "objects"
    values = {
        "PORT": 0,
        "MODEL_PATH": model_folder,
        "OBJECT_STORE_URL": store.as_uri(),
        "CACHE_FOLDER": folder / "cache",
        "MAX_MODEL_LEN": 512,
        "MAX_LORAS": 4,
        "SLOT_WAIT_SECONDS": 2,
        "KV_CACHE_MIB": 256,
        **settings,
    }
    environment = {f"LORELEI_INFERENCE_{name}": str(value) for name, value in values.items()}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        async with connect(f"127.0.0.1:{await _port(process, log)}") as channel:
            yield InferenceProcess(process, channel, log, store)
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), START_SECONDS)


async def _port(process: asyncio.subprocess.Process, log: Path) -> int:
    async with asyncio.timeout(START_SECONDS):
        while True:
            for line in log.read_text().splitlines():
                if '"inference_listening"' in line:
                    return int(json.loads(line)["port"])
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(_POLL_SECONDS)
