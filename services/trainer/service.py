"""What the trainer does for its callers: train, cancel, tell its state. Knows nothing of gRPC."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.common.registry import AdapterRegistry
from services.trainer.events import Event, Published
from services.trainer.jobs import TrainingJob
from services.trainer.queue import JobQueue
from services.trainer.workers.pool import WorkerPool


@dataclass(frozen=True)
class Status:
    """Workers and queue."""

    warm_workers: int
    busy_workers: int
    waiting_jobs: int


class Trainer:
    """The front of the queue; a job that was published, even by a former process, is not trained again."""

    def __init__(self, queue: JobQueue, registry: AdapterRegistry, pool: WorkerPool) -> None:
        self._queue = queue
        self._registry = registry
        self._pool = pool

    async def train(self, job: TrainingJob) -> AsyncIterator[Event]:
        """Start `job` or join it, and yield its events up to the outcome; raise its error if it ends with one.

        The training goes on when the caller leaves.
        """
        published = await self._published(job)
        if published is not None:
            yield published
            return
        async for event in self._queue.submit(job).follow():
            yield event

    def cancel(self, job_id: str) -> bool:
        """Stop a job before it is published; False when there is nothing to stop."""
        return self._queue.cancel(job_id)

    def status(self) -> Status:
        """Describe workers and queue."""
        return Status(self._pool.warm_workers, self._pool.busy_workers, self._queue.waiting_jobs)

    async def _published(self, job: TrainingJob) -> Published | None:
        version = await self._registry.version_of_job(job.tenant, job.user, job.job_id)
        if version is None:
            return None
        manifest = await self._registry.get(job.tenant, job.user, version)
        return Published(version, manifest.gate)
