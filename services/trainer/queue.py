"""Runs jobs by id, fairly between users, and lets any number of callers follow each. Knows nothing of training."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from services.common.errors import Cancelled, InternalError, LoreleiError, ResourceExhausted, Unavailable
from services.trainer.events import Activating, Event, Outcome, Published, Queued, Rejected
from services.trainer.jobs import TrainingJob

_log = structlog.get_logger()

RunJob = Callable[[TrainingJob, Callable[[Event], None]], Awaitable[Outcome]]


class JobRun:
    """One job from its acceptance to its end; followers see the latest event first, then every later one."""

    def __init__(self, job: TrainingJob) -> None:
        self.job = job
        self.task: asyncio.Task[None] | None = None
        self.error: LoreleiError | None = None
        self._events: list[Event] = []
        self._changed = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether it has an outcome or an error."""
        return self.error is not None or (bool(self._events) and isinstance(self._events[-1], Published | Rejected))

    @property
    def cancellable(self) -> bool:
        """Whether it has neither ended nor begun to publish."""
        return not self.ended and not any(isinstance(event, Activating) for event in self._events)

    def report(self, event: Event) -> None:
        """Tell the followers of `event`."""
        self._events.append(event)
        self._wake()

    def fail(self, error: LoreleiError) -> None:
        """End without an outcome."""
        self.error = error
        self._wake()

    async def follow(self) -> AsyncIterator[Event]:
        """Yield events until the outcome; raise the job's error if it ended with one."""
        seen = max(0, len(self._events) - 1)
        while True:
            changed = self._changed
            while seen < len(self._events):
                yield self._events[seen]
                seen += 1
            if self.ended:
                break
            await changed.wait()
        if self.error is not None:
            raise self.error

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class JobQueue:
    """Runs at most `slots` jobs at once and one per user; users take turns, each user's jobs keep their order.

    Outcomes and cancellations are remembered, for the last `remembered_jobs` jobs, and repeated to later callers;
    a job that failed otherwise may be submitted again.
    """

    def __init__(self, run: RunJob, slots: int, max_waiting_jobs: int, remembered_jobs: int) -> None:
        self._run = run
        self._slots = slots
        self._max_waiting_jobs = max_waiting_jobs
        self._remembered_jobs = remembered_jobs
        self._runs: OrderedDict[str, JobRun] = OrderedDict()
        self._waiting: OrderedDict[tuple[str, str], deque[JobRun]] = OrderedDict()
        self._running: dict[tuple[str, str], JobRun] = {}
        self._draining = False

    @property
    def waiting_jobs(self) -> int:
        """Jobs that wait for a slot."""
        return sum(len(jobs) for jobs in self._waiting.values())

    def submit(self, job: TrainingJob) -> JobRun:
        """Accept `job`, or join it when its id is known.

        Raises ResourceExhausted when too many jobs wait, and Unavailable while draining.
        """
        known = self._runs.get(job.job_id)
        if known is not None and (known.error is None or isinstance(known.error, Cancelled)):
            return known
        if self._draining:
            raise Unavailable("The trainer is stopping; try again in a moment.")
        if self.waiting_jobs >= self._max_waiting_jobs:
            raise ResourceExhausted(f"{self.waiting_jobs} trainings wait already; try again later.")
        run = self._runs[job.job_id] = JobRun(job)
        self._waiting.setdefault(_owner(job), deque()).append(run)
        self._start_next()
        self._report_positions()
        return run

    def cancel(self, job_id: str) -> bool:
        """Stop a waiting or running job; False when there is none, or it has begun to publish."""
        run = self._runs.get(job_id)
        if run is None or not run.cancellable:
            return False
        self._abort(run, Cancelled("The training was cancelled."))
        return True

    async def drain(self) -> None:
        """Accept nothing more, let jobs that publish finish, and fail all others with Unavailable."""
        self._draining = True
        for run in list(self._runs.values()):
            if run.cancellable:
                self._abort(run, Unavailable("The trainer is stopping; the job can be submitted again."))
        await asyncio.gather(*(run.task for run in self._running.values() if run.task))

    def _abort(self, run: JobRun, error: LoreleiError) -> None:
        run.fail(error)
        if run.task is not None:
            run.task.cancel()
            return
        owner = _owner(run.job)
        self._waiting[owner].remove(run)
        if not self._waiting[owner]:
            del self._waiting[owner]
        self._report_positions()

    def _start_next(self) -> None:
        """Fill free slots with the first job of each user in turn."""
        for owner in [owner for owner in self._waiting if owner not in self._running]:
            if len(self._running) == self._slots:
                return
            jobs = self._waiting.pop(owner)
            run = self._running[owner] = jobs.popleft()
            if jobs:
                self._waiting[owner] = jobs
            run.task = asyncio.create_task(self._run_to_the_end(run))

    def _report_positions(self) -> None:
        for position, run in enumerate(self._turns()):
            run.report(Queued(position))

    def _turns(self) -> list[JobRun]:
        """Waiting jobs in the order in which they would start if all took equally long."""
        rounds = max((len(jobs) for jobs in self._waiting.values()), default=0)
        return [jobs[turn] for turn in range(rounds) for jobs in self._waiting.values() if turn < len(jobs)]

    async def _run_to_the_end(self, run: JobRun) -> None:
        try:
            run.report(await self._run(run.job, run.report))
        except asyncio.CancelledError:
            _log.info("training_stopped", job=run.job.job_id)
        except LoreleiError as error:
            _log.warning("training_failed", job=run.job.job_id, code=error.code, reason=error.reason)
            run.fail(error)
        except Exception:
            _log.exception("training_failed", job=run.job.job_id)
            run.fail(InternalError())
        finally:
            owner = _owner(run.job)
            del self._running[owner]
            if owner in self._waiting:
                self._waiting.move_to_end(owner)
            self._forget_old_runs()
            if not self._draining:
                self._start_next()
                self._report_positions()

    def _forget_old_runs(self) -> None:
        ended = [job_id for job_id, run in self._runs.items() if run.ended]
        for job_id in ended[: -self._remembered_jobs]:
            del self._runs[job_id]


def _owner(job: TrainingJob) -> tuple[str, str]:
    return job.tenant, job.user
