"""One worker: one or several Ray actors that hold a model together and step in time. Knows nothing of jobs' users."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import ray
from ray.actor import ActorHandle
from ray.exceptions import RayActorError, RayTaskError
from ray.util.placement_group import PlacementGroup, placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from services.common.errors import LoreleiError
from services.trainer.training.contract import BaseModel, LoraShape, StepReport, TrainedAdapter, TrainingTask
from services.trainer.workers.actor import TrainingActor

_WARM_UP_SECONDS = 300.0


class WorkerDied(Exception):
    """An actor of the worker ended or hung in the middle of its work."""


@dataclass(frozen=True)
class WorkerShape:
    """What every worker looks like."""

    base: BaseModel
    lora: LoraShape
    actors: int
    threads_per_actor: int
    gpus_per_actor: int
    niceness: int
    max_pack_tokens: int
    step_timeout_seconds: float


class Worker:
    """A group of actors in one placement group; trains one lesson at a time."""

    def __init__(self, shape: WorkerShape) -> None:
        self._shape = shape
        self._group: PlacementGroup | None = None
        self._actors: list[ActorHandle[TrainingActor]] = []
        self.jobs_done = 0

    async def start(self) -> None:
        """Start the actors and load the model; raise WorkerDied when that fails or takes too long."""
        shape = self._shape
        bundle = {"CPU": float(shape.threads_per_actor), "GPU": float(shape.gpus_per_actor)}
        group = placement_group([{k: v for k, v in bundle.items() if v}] * shape.actors, strategy="PACK")
        self._group = group
        await self._within(_WARM_UP_SECONDS, [group.ready()])
        self._actors = [self._spawn(group, index) for index in range(shape.actors)]
        [meeting_point] = await self._within(_WARM_UP_SECONDS, [self._actors[0].rendezvous.remote()])
        calls = [
            actor.warm.remote(shape.base, shape.lora, (rank, shape.actors), shape.max_pack_tokens, meeting_point)
            for rank, actor in enumerate(self._actors)
        ]
        await self._within(_WARM_UP_SECONDS, calls)
        self.jobs_done = 0

    def _spawn(self, group: PlacementGroup, index: int) -> ActorHandle[TrainingActor]:
        shape = self._shape
        threads = str(shape.threads_per_actor)
        variables = {
            "OMP_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            # Threads that wait for each other spin for about 0.1 ms before they sleep. Without spinning a step takes
            # 1.7 times as long; spinning for longer stands in inference's way as soon as the cores are shared.
            "OMP_WAIT_POLICY": "passive",
            "GOMP_SPINCOUNT": "30000",
            "TOKENIZERS_PARALLELISM": "false",
        }
        if not shape.gpus_per_actor:
            variables |= {"DS_ACCELERATOR": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        options: dict[str, Any] = {
            "num_cpus": shape.threads_per_actor,
            "num_gpus": shape.gpus_per_actor,
            "max_restarts": 0,
            "runtime_env": {"env_vars": variables},
            "scheduling_strategy": PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=index),
        }
        actor_class: Any = ray.remote(TrainingActor)
        actor: ActorHandle[TrainingActor] = actor_class.options(**options).remote(
            shape.threads_per_actor, shape.niceness
        )
        return actor

    async def train(self, task: TrainingTask, on_step: Callable[[StepReport], None]) -> TrainedAdapter:
        """Train `task` and return the adapter; `on_step` hears of every step.

        Raises WorkerDied when an actor does; the worker must be restarted then. When this call is cancelled, the
        step in flight is the last one.
        """
        await self._everyone(lambda actor: actor.begin.remote(task))
        while True:
            report: StepReport = (await self._everyone(lambda actor: actor.step.remote()))[0]
            on_step(report)
            if report.finished:
                break
        trained: TrainedAdapter
        [trained] = await self._within(self._shape.step_timeout_seconds, [self._actors[0].export.remote()])
        self.jobs_done += 1
        return trained

    async def stop(self) -> None:
        """Kill the actors and give their place back; never raises for actors that are dead already."""
        for actor in self._actors:
            ray.kill(actor)
        if self._group is not None:
            remove_placement_group(self._group)
        self._actors, self._group = [], None

    async def _everyone(self, call: Callable[[ActorHandle[TrainingActor]], Awaitable[Any]]) -> list[Any]:
        return await self._within(self._shape.step_timeout_seconds, [call(actor) for actor in self._actors])

    async def _within(self, seconds: float, calls: list[Awaitable[Any]]) -> list[Any]:
        """Await all calls; turn Ray's ways of failing into LoreleiError or WorkerDied."""
        try:
            async with asyncio.timeout(seconds):
                return list(await asyncio.gather(*calls))
        except RayTaskError as error:
            if isinstance(error.cause, LoreleiError):
                raise error.cause from error
            raise WorkerDied(f"an actor raised {type(error.cause).__name__}") from error
        except TimeoutError as error:
            raise WorkerDied(f"an actor did not answer within {seconds:g} seconds") from error
        except RayActorError as error:
            raise WorkerDied("an actor's process ended") from error
