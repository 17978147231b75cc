"""Starts the trainer: wiring, signals, and an orderly end. Decides nothing about training."""

import asyncio
import signal
import sys
from collections.abc import Coroutine

import structlog
from redis.asyncio import Redis

from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from services.common.base_model import find_model_folder, hash_weights
from services.common.errors import LoreleiError
from services.common.object_store import open_object_store
from services.common.registry import AdapterRegistry
from services.common.rpc import RpcServer
from services.common.service_settings import read_settings
from services.common.telemetry import configure_logging
from services.trainer.course import BaseIdentity, Course
from services.trainer.gate.examination import Examiner
from services.trainer.gate.probing import ProbeLimits
from services.trainer.gate.verdict import GateThresholds
from services.trainer.inference_client import InferenceClient
from services.trainer.publish import Publisher
from services.trainer.queue import JobQueue
from services.trainer.service import Trainer
from services.trainer.servicer import TrainerServicer
from services.trainer.settings import TrainerSettings
from services.trainer.syllabus import SyllabusReader
from services.trainer.training.contract import BaseModel, LoraShape
from services.trainer.workers.pool import WorkerPool
from services.trainer.workers.ray_cluster import start_ray, stop_ray
from services.trainer.workers.worker import Worker, WorkerDied, WorkerShape

_log = structlog.get_logger()


async def serve(settings: TrainerSettings) -> None:
    """Serve until SIGTERM or SIGINT, then drain; raise LoreleiError or WorkerDied when it cannot start."""
    folder = find_model_folder(settings.model_path)
    base = BaseIdentity(settings.model_name or folder.name, await asyncio.to_thread(hash_weights, folder))
    pool = _make_pool(settings, BaseModel(str(folder), base.name))
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    registry = AdapterRegistry(redis)
    inference = InferenceClient(settings.inference_address, settings.inference_timeout_seconds)
    course = _make_course(settings, base, registry, inference, pool)
    queue = JobQueue(course.run, settings.workers, settings.max_waiting_jobs, settings.remembered_jobs)
    server = RpcServer()
    servicer = TrainerServicer(Trainer(queue, registry, pool))
    name = trainer_pb2.DESCRIPTOR.services_by_name["TrainerService"].full_name
    server.add(name, trainer_pb2_grpc.add_TrainerServiceServicer_to_server, servicer)
    port = await server.start(settings.host, settings.port)
    _log.info("trainer_started", port=port, base_model=base.name)
    try:
        stop = _stop_signal()
        if await _finished_first(pool.start(), stop):
            await server.set_serving(True)
            _log.info("trainer_ready", port=port, workers=pool.warm_workers)
            await stop.wait()
        _log.info("trainer_stopping")
        await asyncio.gather(queue.drain(), server.drain(settings.drain_seconds))
    finally:
        await inference.close()
        await redis.aclose()


def _make_pool(settings: TrainerSettings, base: BaseModel) -> WorkerPool:
    shape = WorkerShape(
        base=base,
        lora=LoraShape(settings.recipe.rank, settings.recipe.trained_layers),
        actors=settings.actors_per_worker,
        threads_per_actor=settings.threads_per_actor,
        gpus_per_actor=settings.gpus_per_actor,
        niceness=settings.niceness,
        max_pack_tokens=settings.max_pack_tokens,
        step_timeout_seconds=settings.step_timeout_seconds,
    )
    workers = [Worker(shape) for _ in range(settings.workers)]
    return WorkerPool(workers, settings.renew_after_trainings, settings.max_worker_attempts)


def _make_course(
    settings: TrainerSettings,
    base: BaseIdentity,
    registry: AdapterRegistry,
    inference: InferenceClient,
    pool: WorkerPool,
) -> Course:
    store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    limits = ProbeLimits(
        recall=settings.recall_probes,
        locality=settings.locality_probes,
        retention=settings.retention_probes,
        answer_tokens=settings.answer_tokens,
        other_answer_tokens=settings.other_answer_tokens,
        at_once=settings.probes_at_once,
    )
    return Course(
        base=base,
        reader=SyllabusReader(store, registry, settings.recipe, limits),
        trainers=pool,
        examiner=Examiner(inference, limits),
        thresholds=GateThresholds(
            recall=settings.min_recall,
            sure_recall=settings.sure_recall,
            retention=settings.min_retention,
            preference=settings.min_preference,
            drift=settings.max_drift,
            safety_loss=settings.max_safety_loss,
        ),
        publisher=Publisher(store, registry, inference),
        max_seconds=settings.max_seconds,
    )


async def _finished_first(work: Coroutine[None, None, None], stop: asyncio.Event) -> bool:
    """Run `work` to its end, or give it up when `stop` is set before; raises what `work` raises."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        await working
        return True
    working.cancel()
    return False


def _stop_signal() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets; must come after Ray, which installs handlers of its own."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def main() -> int:
    """Run the service; return the process's exit status."""
    configure_logging("trainer")
    settings = read_settings(TrainerSettings)
    cpus = settings.workers * settings.actors_per_worker * settings.threads_per_actor
    try:
        # First of all: Ray forks its processes with Python code between fork and exec, which hangs now and then when
        # other threads (gRPC's above all) are at work.
        start_ray(settings.ray_address, cpus, settings.ray_temp_folder)
        asyncio.run(serve(settings))
    except (LoreleiError, WorkerDied) as error:
        _log.error("trainer_failed", reason=str(error))
        return 1
    finally:
        # The actors belong to this process and end with it; killing them one by one would wait for a dead cluster.
        stop_ray()
    return 0


if __name__ == "__main__":
    sys.exit(main())
