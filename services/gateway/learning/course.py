"""Takes one claimed job from where it stands to its end. Knows nothing of queues, leases in Redis, gRPC or HTTP."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import structlog

from services.common.errors import (
    Cancelled,
    InternalError,
    LoreleiError,
    Moderated,
    ResourceExhausted,
    Unavailable,
)
from services.gateway.audit import AuditEntry, AuditKind
from services.gateway.learning.jobs import JobKind, JobState, LearnJob
from services.gateway.learning.patience import Patience, PatienceLimits
from services.gateway.learning.steps import (
    AdapterTrainer,
    DatasetBuilder,
    DatasetBuilt,
    LessonRecords,
    Published,
    PublishedVersions,
    Refusals,
    Refused,
    StepProgress,
)
from services.gateway.learning.store import Claim, ClaimLostError, JobStore

_log = structlog.get_logger(__name__)

# First and last percent of each state.
_PERCENT = {
    JobState.PREPARING: (0, 25),
    JobState.TRAINING: (25, 80),
    JobState.EVALUATING: (80, 95),
    JobState.ACTIVATING: (95, 99),
}
_STOP_AGAIN_SECONDS = 1.0
_CANCELLED_BY_USER = "The lesson was cancelled."

_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True)
class CourseParts:
    """What every course works with."""

    store: JobStore
    builder: DatasetBuilder
    trainer: AdapterTrainer
    versions: PublishedVersions
    records: LessonRecords
    audit: Refusals
    patience: PatienceLimits


class LearnCourse:
    """One worker's work on one job. Every step is idempotent, so another worker may begin again at any point."""

    def __init__(self, parts: CourseParts, claim: Claim, cancel_asked: asyncio.Event) -> None:
        self._parts = parts
        self._claim = claim
        self._cancel_asked = cancel_asked
        self._stage = ""

    async def run(self) -> LearnJob:
        """Work until the job is in a terminal state and return it; raises ClaimLostError when it is no longer ours."""
        try:
            if self._claim.job.kind is JobKind.FORGETTING:
                return await self._forget()
            if not self._claim.job.may_be_training:
                await self._prepare()
            if self._claim.job.known_lesson:
                return await self._end_knowing()
            return await self._conclude(await self._train())
        except ClaimLostError:
            raise
        except Cancelled:
            return await self._end(JobState.CANCELLED)
        except Moderated as error:
            await self._note(error)
            return await self._end(JobState.REJECTED, reasons=(error.message,))
        except LoreleiError as error:
            _log.warning("learn_job_failed", job=self._claim.job.id, reason=error.reason)
            return await self._end(JobState.FAILED, error=error.message, error_code=error.reason)
        except Exception:
            _log.exception("learn_job_crashed", job=self._claim.job.id)
            unknown = InternalError()
            return await self._end(JobState.FAILED, error=unknown.message, error_code=unknown.reason)

    async def _note(self, refusal: Moderated) -> None:
        """Tell the operator before the job ends, so that no refusal goes missing; twice if a worker dies between."""
        job = self._claim.job
        entry = AuditEntry(
            AuditKind.LESSON_REFUSED, time.time(), job.tenant, job.user, subject=job.id, categories=refusal.categories
        )
        try:
            await self._parts.audit.record(entry)
        except Unavailable as error:
            raise ClaimLostError(f"{job.id}: Redis cannot be reached") from error

    async def _forget(self) -> LearnJob:
        """Retrain without the lesson, if the version in force knows it, and then delete all that is kept of it."""
        job, records = self._claim.job, self._parts.records
        left = await records.left_without(job.tenant, job.user, job.forgotten)
        if left:
            await self._record(state=JobState.TRAINING, lessons=left, started_at=job.started_at or time.time())
            return await self._conclude(await self._train())
        if left is not None:
            await records.serve_base(job.tenant, job.user)
        version = await self._parts.versions.version_of_job(job.tenant, job.user, job.id)
        return await self._conclude(Published(version or "", gate={}))

    async def _prepare(self) -> None:
        job = self._claim.job
        await self._record(state=JobState.PREPARING, started_at=job.started_at or time.time())
        known = (await self._parts.records.in_force(job.tenant, job.user)).lessons
        work = asyncio.create_task(self._follow(lambda job: self._parts.builder.build(job, known)))
        asked = asyncio.create_task(self._cancel_asked.wait())
        try:
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                raise Cancelled(_CANCELLED_BY_USER)
            built = cast(DatasetBuilt, work.result())
        finally:
            await _stop_tasks(work, asked)
        if built.known_lesson:
            await self._record(known_lesson=built.known_lesson)
            return
        await self._record(state=JobState.TRAINING, dataset_key=built.dataset_key, sources=built.sources, progress=25)

    async def _end_knowing(self) -> LearnJob:
        """The version in force knows the same documents already, so nothing is trained; it gets the name asked for."""
        job, records = self._claim.job, self._parts.records
        version = (await records.in_force(job.tenant, job.user)).version
        if job.title:
            await records.name_version(job.tenant, job.user, version, job.title)
        return await self._parts.store.finish(self._claim, JobState.LIVE, version=version, progress=100)

    async def _train(self) -> Published | Refused:
        stopper = asyncio.create_task(self._stop_when_asked())
        try:
            return cast(Published | Refused, await self._follow(self._parts.trainer.train))
        finally:
            await _stop_tasks(stopper)

    async def _follow(
        self, step: Callable[[LearnJob], AsyncGenerator[StepProgress | _Outcome, None]]
    ) -> StepProgress | _Outcome:
        """Follow `step` to its outcome; begin it again when its service goes away, as long as patience lasts."""
        patience = Patience(self._parts.patience)
        while True:
            try:
                async with aclosing(step(self._claim.job)) as items:
                    async for item in items:
                        if not isinstance(item, StepProgress):
                            return item
                        patience.goes_on()
                        await self._show(item)
                error: LoreleiError = Unavailable("The work broke off.")
            except (Unavailable, ResourceExhausted, Cancelled) as interruption:
                if self._cancel_asked.is_set():
                    raise Cancelled(_CANCELLED_BY_USER) from interruption
                error = interruption
            await asyncio.sleep(patience.pause_after(error))

    async def _show(self, item: StepProgress) -> None:
        job = self._claim.job
        first, last = _PERCENT[item.state]
        # Work that is done again after a crash does not turn the percentage back.
        progress = max(job.progress, first + int((last - first) * min(item.fraction, 1.0)))
        if (item.state, progress, item.stage) != (job.state, job.progress, self._stage):
            self._stage = item.stage
            self._claim = await self._parts.store.record(
                self._claim, detail=item.detail, stage=item.stage, state=item.state, progress=progress
            )

    async def _record(self, **changes: Any) -> None:
        self._claim = await self._parts.store.record(self._claim, **changes)

    async def _stop_when_asked(self) -> None:
        # Asked again until it takes: the trainer may not have heard of the job yet when the first request arrives.
        await self._cancel_asked.wait()
        while True:
            if await self._stop_training():
                return
            await asyncio.sleep(_STOP_AGAIN_SECONDS)

    async def _stop_training(self) -> bool:
        try:
            return await self._parts.trainer.stop(self._claim.job.id)
        except LoreleiError:
            return False

    async def _conclude(self, outcome: Published | Refused) -> LearnJob:
        store, claim = self._parts.store, self._claim
        if isinstance(outcome, Refused):
            return await store.finish(claim, JobState.REJECTED, reasons=outcome.reasons, gate=outcome.gate)
        job, records = claim.job, self._parts.records
        if job.forgotten:
            await records.erase(job.tenant, job.user, job.forgotten)
        if job.title:
            await records.name_version(job.tenant, job.user, outcome.version, job.title)
        return await store.finish(claim, JobState.LIVE, version=outcome.version, gate=outcome.gate, progress=100)

    async def _end(self, state: JobState, **changes: Any) -> LearnJob:
        """End without an outcome, unless the version was published after all while we were not told."""
        job = self._claim.job
        if job.may_be_training:
            await self._stop_training()
            try:
                version = await self._parts.versions.version_of_job(job.tenant, job.user, job.id)
            except Unavailable as error:
                raise ClaimLostError(f"{job.id}: Redis cannot be reached") from error
            if version:
                return await self._conclude(Published(version, gate={}))
        return await self._parts.store.finish(self._claim, state, **changes)


async def _stop_tasks(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
