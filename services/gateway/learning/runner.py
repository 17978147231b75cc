"""Claims long work of one kind and keeps its leases while courses run. Knows nothing of what a course does."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

import structlog

from services.common.errors import Unavailable
from services.gateway.learning.store import MAX_WAIT_SECONDS, ClaimLostError

_log = structlog.get_logger(__name__)

_OUTAGE_PAUSE_SECONDS = 1.0


class Task(Protocol):
    """What is worked on."""

    @property
    def id(self) -> str:
        """Its name in logs."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def cancel_requested(self) -> bool:
        """Whether its user wants it to end."""


class TaskClaim(Protocol):
    """The right to work on `job` for a while."""

    @property
    def job(self) -> Task:
        """What is claimed."""


_Claim = TypeVar("_Claim", bound=TaskClaim)


class TaskStore(Protocol[_Claim]):
    """Hands out claims and keeps them; see JobStore."""

    async def prepare(self) -> None:
        """Make ready what claiming needs."""

    async def claim(self, owner: str, wait_seconds: float) -> _Claim | None:
        """Claim something within `wait_seconds`."""

    async def renew(self, claim: _Claim) -> bool:
        """Keep the claim, and return whether the user asked to cancel."""

    async def release(self, claim: _Claim) -> None:
        """Give it back."""


class TaskRunner(Generic[_Claim]):
    """Works on up to `max_running` tasks at once; any number of runners may share one store."""

    def __init__(
        self,
        store: TaskStore[_Claim],
        start_course: Callable[[_Claim, asyncio.Event], Awaitable[Task]],
        owner: str,
        max_running: int,
        renew_seconds: float,
    ) -> None:
        self._store = store
        self._start_course = start_course
        self._owner = owner
        self._slots = asyncio.Semaphore(max_running)
        self._renew_seconds = renew_seconds
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Claim and work until cancelled; then give what is unfinished back. Outlasts outages of Redis."""
        try:
            while True:
                with suppress(Unavailable):
                    await self._store.prepare()
                    await self._claim_until_outage()
                _log.warning("runner_waits_for_redis")
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
            _log.error("runner_course_crashed", exc_info=task.exception())

    async def _work(self, claim: _Claim) -> None:
        _log.info("job_claimed", job=claim.job.id, state=claim.job.state)
        cancel_asked = asyncio.Event()
        if claim.job.cancel_requested:
            cancel_asked.set()
        course = asyncio.ensure_future(self._start_course(claim, cancel_asked))
        try:
            await self._keep_lease(claim, course, cancel_asked)
            job = course.result()
            _log.info("job_finished", job=job.id, state=job.state)
        except ClaimLostError as error:
            _log.warning("claim_lost", job=claim.job.id, why=str(error))
        except asyncio.CancelledError:
            await _stop(course)
            with suppress(ClaimLostError):
                await self._store.release(claim)
            raise
        finally:
            await _stop(course)

    async def _keep_lease(self, claim: _Claim, course: "asyncio.Future[Task]", cancel_asked: asyncio.Event) -> None:
        while not course.done():
            await asyncio.wait({course}, timeout=self._renew_seconds)
            if not course.done() and await self._store.renew(claim):
                cancel_asked.set()


async def _stop(course: "asyncio.Future[Task]") -> None:
    course.cancel()
    await asyncio.gather(course, return_exceptions=True)
