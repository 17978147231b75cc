"""Makes learn jobs of corrections that wait, and tells the corrections what became of them. Knows nothing of HTTP."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog

from services.common.errors import LoreleiError, NotFound, ResourceExhausted
from services.common.identifiers import new_job_id
from services.gateway.feedback.items import FeedbackItem, FeedbackState
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.jobs import JobKind, JobState, LearnJob, Preference
from services.gateway.learning.store import JobStore

_log = structlog.get_logger(__name__)

_LONGEST_POLL_SECONDS = 30.0
_SHOWN_CHARACTERS = 160
_CANCELLED = "The lesson was cancelled."


@dataclass(frozen=True)
class BatchLimits:
    """When corrections become a job.

    full: so many make one at once; idle_seconds: fewer do so long after the last; most: a job takes no more than so
    many; settle_seconds: so long a job may be on its way into the queue before somebody else puts it there.
    """

    full: int
    idle_seconds: float
    most: int
    settle_seconds: float = 30.0


class FeedbackBatches:
    """Queues corrections for learning, each in one job, however many replicas do so."""

    def __init__(self, shelf: FeedbackShelf, jobs: JobStore, consolidator: Consolidator, limits: BatchLimits) -> None:
        self._shelf = shelf
        self._jobs = jobs
        self._consolidator = consolidator
        self._limits = limits

    async def run(self) -> None:
        """Look again and again for corrections that have waited long enough, until cancelled; outlasts outages."""
        pause = min(_LONGEST_POLL_SECONDS, self._limits.idle_seconds / 4 + 0.1)
        while True:
            with _logged():
                await self.settle()
                await self.start_due()
            await asyncio.sleep(pause)

    async def start_full(self, tenant: str, user: str) -> None:
        """Queue a job if enough corrections of the user's wait. Raises Unavailable."""
        await self._start(tenant, user, self._limits.full)

    async def start_all(self, tenant: str, user: str) -> None:
        """Queue all corrections of the user's that wait. Raises Unavailable."""
        await self._start(tenant, user, 1)

    async def start_due(self) -> None:
        """Queue all corrections of those users who have given none for a while. Raises Unavailable."""
        for tenant, user in await self._shelf.due(time.time() - self._limits.idle_seconds):
            await self.start_all(tenant, user)

    async def job_ended(self, job: LearnJob) -> None:
        """Write the end of a job into its corrections; without Redis, `settle` does so later."""
        if job.kind is not JobKind.FEEDBACK:
            return
        with _logged():
            if job.state is JobState.LIVE:
                await self._shelf.end(job.tenant, job.user, job.id, FeedbackState.LEARNED, job.version)
            else:
                await self._shelf.end(job.tenant, job.user, job.id, FeedbackState.REFUSED, reasons=_reasons(job))

    async def note_ends(self, tenant: str, user: str, items: Sequence[FeedbackItem]) -> bool:
        """Write the ends of jobs into those `items` that do not know of them yet; whether there were any.

        A job is seen to end a moment before `job_ended` is called. Raises Unavailable.
        """
        jobs = {item.job_id for item in items if item.state is FeedbackState.LEARNING}
        ended = False
        for job_id in jobs:
            with suppress(NotFound):
                job = await self._jobs.get(tenant, user, job_id)
                if job.is_finished:
                    await self.job_ended(job)
                    ended = True
        return ended

    async def settle(self) -> None:
        """Finish what dead replicas began: queue jobs that never were, note the ends of others. Raises Unavailable."""
        for tenant, user, job_id in await self._shelf.taken(time.time() - self._limits.settle_seconds):
            try:
                job = await self._jobs.get(tenant, user, job_id)
            except NotFound:
                await self._queue_again(tenant, user, job_id)
                continue
            if job.is_finished:
                await self.job_ended(job)

    async def _queue_again(self, tenant: str, user: str, job_id: str) -> None:
        items = await self._shelf.batch(tenant, user, job_id)
        if items:
            await self._queue(tenant, user, job_id, items)
        else:
            await self._shelf.end(tenant, user, job_id, FeedbackState.REFUSED)

    async def _start(self, tenant: str, user: str, at_least: int) -> None:
        while True:
            job_id = new_job_id()
            items = await self._shelf.take(tenant, user, job_id, at_least, self._limits.most)
            if not items or not await self._queue(tenant, user, job_id, items):
                return

    async def _queue(self, tenant: str, user: str, job_id: str, items: Sequence[FeedbackItem]) -> bool:
        """Queue the job; False when the user has too many unfinished ones, and the corrections wait on."""
        job = LearnJob(
            id=job_id,
            tenant=tenant,
            user=user,
            kind=JobKind.FEEDBACK,
            statement="; ".join(_shown(item) for item in items),
            conversation=(),
            created_at=time.time(),
            preferences=tuple(_preference(item) for item in items),
        )
        try:
            await self._jobs.submit(job)
        except ResourceExhausted:
            await self._shelf.give_back(tenant, user, job_id)
            return False
        await self._consolidator.make_way()
        _log.info("feedback_queued", job=job_id, corrections=len(items))
        return True


@contextmanager
def _logged() -> Iterator[None]:
    """Inside, what goes wrong is only logged: it is tried again."""
    try:
        yield
    except LoreleiError as error:
        _log.warning("feedback_disturbed", why=error.message)


def _reasons(job: LearnJob) -> tuple[str, ...]:
    if job.state is JobState.CANCELLED:
        return (_CANCELLED,)
    return job.reasons or (job.error,)


def _preference(item: FeedbackItem) -> Preference:
    answer = item.answer
    return Preference(answer.prompt, answer.reply, item.verdict.correction, answer.version)


def _shown(item: FeedbackItem) -> str:
    """The last thing the user said before the answer, and what the answer should have been, each in one line."""
    asked = next((turn.content for turn in reversed(item.answer.prompt) if turn.role == "user"), "")
    return f"“{_line(asked)}” → {_line(item.verdict.correction)}"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
