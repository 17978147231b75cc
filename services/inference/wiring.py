"""Puts the inference service together and runs it from start to drain."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from services.common.base_model import find_model_folder, hash_weights
from services.common.object_store import open_object_store
from services.common.rpc import RpcServer
from services.common.scratch import scratch_folder
from services.inference.adapters.base_layout import BaseLayout, read_base_layout
from services.inference.adapters.local_copy import LocalCopies
from services.inference.adapters.residency import ResidentAdapters
from services.inference.adapters.source import ValidatedAdapters
from services.inference.adapters.validation import BaseRequirements
from services.inference.base_model import BaseModel
from services.inference.engine.options import EngineOptions
from services.inference.engine.process import EngineContext
from services.inference.engine.protocol import Engine
from services.inference.engine.starter import EngineStarter
from services.inference.engine.supervisor import EngineSupervisor
from services.inference.model_server import ModelServer
from services.inference.servicer import InferenceServicer
from services.inference.settings import InferenceSettings

_log = structlog.get_logger(__name__)

_SCRATCH_NAME = "inference"
_SERVICE_NAME = inference_pb2.DESCRIPTOR.services_by_name["InferenceService"].full_name


@dataclass(frozen=True)
class RunningService:
    """A service that listens; `supervision` ends by itself only when the engine cannot be started at all."""

    port: int
    supervision: asyncio.Task[None]
    # The running engine; raises Unavailable while there is none.
    engine: Callable[[], Engine]


@dataclass(frozen=True)
class _Folders:
    """Folders of this process alone."""

    copies: Path
    sockets: Path


@asynccontextmanager
async def running_service(settings: InferenceSettings, context: EngineContext) -> AsyncIterator[RunningService]:
    """Listen at once and load the model; drain and stop everything at the end of the block.

    Raises FailedPrecondition for an unusable model folder and Unavailable for a taken port.
    """
    with (
        scratch_folder(settings.cache_folder, _SCRATCH_NAME) as copies,
        scratch_folder(Path(tempfile.gettempdir()), _SCRATCH_NAME) as sockets,
    ):
        server = RpcServer()
        supervisor, adapters = await _assemble(settings, context, _Folders(copies, sockets), server)
        port = await server.start(settings.host, settings.port)
        _log.info("inference_listening", port=port)
        supervision = asyncio.create_task(supervisor.run(adapters.restore))
        try:
            yield RunningService(port, supervision, supervisor.engine)
        finally:
            await server.drain(settings.drain_seconds)
            supervision.cancel()
            await asyncio.wait({supervision})


async def _assemble(
    settings: InferenceSettings, context: EngineContext, folders: _Folders, server: RpcServer
) -> tuple[EngineSupervisor, ResidentAdapters]:
    folder = await asyncio.to_thread(find_model_folder, settings.model_path)
    layout = read_base_layout(folder)
    model = BaseModel(
        name=settings.model_name or folder.name,
        weights_sha256=await asyncio.to_thread(hash_weights, folder),
        max_model_len=settings.max_model_len,
        max_lora_rank=settings.max_lora_rank,
    )
    starter = EngineStarter(_engine_options(settings, folder, folders.sockets, layout), context)
    supervisor = EngineSupervisor(starter.start, server.set_serving)
    store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    base = BaseRequirements(layout, model.weights_sha256, model.max_lora_rank)
    source = ValidatedAdapters(LocalCopies(store, folders.copies), base)
    adapters = ResidentAdapters(source, supervisor, settings.max_loras, settings.slot_wait_seconds)
    servicer = InferenceServicer(model, ModelServer(supervisor.engine, adapters), adapters)
    server.add(_SERVICE_NAME, inference_pb2_grpc.add_InferenceServiceServicer_to_server, servicer)
    return supervisor, adapters


def _engine_options(
    settings: InferenceSettings, model_folder: Path, socket_folder: Path, layout: BaseLayout
) -> EngineOptions:
    return EngineOptions(
        model_folder=model_folder,
        socket_folder=socket_folder,
        dtype=settings.dtype,
        max_model_len=settings.max_model_len,
        max_running_requests=settings.max_running_requests,
        kv_cache_bytes=settings.kv_cache_mib and settings.kv_cache_mib * 2**20,
        adapter_slots=settings.max_loras,
        max_lora_rank=settings.max_lora_rank,
        lora_targets=tuple(layout.suffixes),
    )
