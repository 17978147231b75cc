"""Keeps workers warm and lends each to one training at a time. Knows nothing of users, queues or stores."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from services.common.errors import InternalError
from services.trainer.training.contract import StepReport, TrainedAdapter, TrainingTask
from services.trainer.workers.worker import Worker, WorkerDied

_log = structlog.get_logger()


class WorkerPool:
    """Lends warm workers, replaces dead ones, and renews each after a number of trainings.

    Renewal bounds whatever memory a long-lived process gathers.
    """

    def __init__(self, workers: list[Worker], renew_after_trainings: int, max_attempts: int) -> None:
        self._workers = workers
        self._renew_after_trainings = renew_after_trainings
        self._max_attempts = max_attempts
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._warm: set[Worker] = set()
        self._busy: set[Worker] = set()
        self._renewals: set[asyncio.Task[None]] = set()

    @property
    def warm_workers(self) -> int:
        """Workers that hold a model now."""
        return len(self._warm)

    @property
    def busy_workers(self) -> int:
        """Workers that train now."""
        return len(self._busy)

    async def start(self) -> None:
        """Warm all workers up; raise WorkerDied when one cannot be."""
        await asyncio.gather(*(self._warm_up(worker) for worker in self._workers))
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def train(self, task: TrainingTask, on_step: Callable[[StepReport], None]) -> TrainedAdapter:
        """Train `task` on the next free worker, from the start again on a fresh one when the worker dies.

        Raises InternalError when it died every time, and whatever LoreleiError the training itself raises.
        """
        async with self._lend() as worker:
            for attempt in range(1, self._max_attempts + 1):
                try:
                    if worker not in self._warm:
                        await self._warm_up(worker)
                    return await worker.train(task, on_step)
                except WorkerDied as death:
                    _log.warning("training_worker_died", attempt=attempt, reason=str(death))
                    await self._cool_down(worker)
        raise InternalError(f"The training broke off {self._max_attempts} times; nothing was changed.")

    @asynccontextmanager
    async def _lend(self) -> AsyncIterator[Worker]:
        worker = await self._free.get()
        self._busy.add(worker)
        try:
            yield worker
        finally:
            self._busy.discard(worker)
            if worker in self._warm and worker.jobs_done < self._renew_after_trainings:
                self._free.put_nowait(worker)
            else:
                renewal = asyncio.create_task(self._renew(worker))
                self._renewals.add(renewal)
                renewal.add_done_callback(self._renewals.discard)

    async def _renew(self, worker: Worker) -> None:
        """Start the worker afresh and offer it again; if that fails, the next training tries once more."""
        try:
            await self._cool_down(worker)
            await self._warm_up(worker)
            _log.info("training_worker_renewed")
        except WorkerDied as death:
            _log.warning("training_worker_renewal_failed", reason=str(death))
        finally:
            self._free.put_nowait(worker)

    async def _warm_up(self, worker: Worker) -> None:
        await worker.start()
        self._warm.add(worker)

    async def _cool_down(self, worker: Worker) -> None:
        self._warm.discard(worker)
        await worker.stop()
