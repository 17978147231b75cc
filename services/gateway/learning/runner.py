"""Claims learn jobs and keeps their leases while courses run. Knows nothing of what a course does."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

import structlog

from services.common.errors import Unavailable
from services.gateway.learning.jobs import LearnJob
from services.gateway.learning.store import MAX_WAIT_SECONDS, Claim, ClaimLostError, JobStore

_log = structlog.get_logger(__name__)

_OUTAGE_PAUSE_SECONDS = 1.0

StartCourse: TypeAlias = Callable[[Claim, asyncio.Event], Awaitable[LearnJob]]


class LearnRunner:
    """Works on up to `max_running` jobs at once; any number of runners may share one store."""

    def __init__(
        self, store: JobStore, start_course: StartCourse, owner: str, max_running: int, renew_seconds: float
    ) -> None:
        self._store = store
        self._start_course = start_course
        self._owner = owner
        self._slots = asyncio.Semaphore(max_running)
        self._renew_seconds = renew_seconds
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Claim and work until cancelled; then give the unfinished jobs back. Outlasts outages of Redis."""
        try:
            while True:
                with suppress(Unavailable):
                    await self._store.prepare()
                    await self._claim_until_outage()
                _log.warning("learn_runner_waits_for_redis")
                await asyncio.sleep(_OUTAGE_PAUSE_SECONDS)
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def _claim_until_outage(self) -> None:
        while True:
            await self._slots.acquire()
            claim = None
            try:
                claim = await self._store.claim(self._owner, MAX_WAIT_SECONDS)
            finally:
                if claim is None:
                    self._slots.release()
            if claim:
                task = asyncio.create_task(self._work(claim))
                self._working.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._slots.release()
        if not task.cancelled() and task.exception():
            _log.error("learn_worker_crashed", exc_info=task.exception())

    async def _work(self, claim: Claim) -> None:
        _log.info("learn_job_claimed", job=claim.job.id, state=claim.job.state)
        cancel_asked = asyncio.Event()
        if claim.job.cancel_requested:
            cancel_asked.set()
        course = asyncio.ensure_future(self._start_course(claim, cancel_asked))
        try:
            await self._keep_lease(claim, course, cancel_asked)
            job = course.result()
            _log.info("learn_job_finished", job=job.id, state=job.state)
        except ClaimLostError as error:
            _log.warning("learn_claim_lost", job=claim.job.id, why=str(error))
        except asyncio.CancelledError:
            await _stop(course)
            with suppress(ClaimLostError):
                await self._store.release(claim)
            raise
        finally:
            await _stop(course)

    async def _keep_lease(self, claim: Claim, course: "asyncio.Future[LearnJob]", cancel_asked: asyncio.Event) -> None:
        while not course.done():
            await asyncio.wait({course}, timeout=self._renew_seconds)
            if not course.done() and await self._store.renew(claim):
                cancel_asked.set()


async def _stop(course: "asyncio.Future[LearnJob]") -> None:
    course.cancel()
    await asyncio.gather(course, return_exceptions=True)
