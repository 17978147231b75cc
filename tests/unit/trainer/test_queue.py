"""The queue joins, repeats, shares fairly, cancels and drains."""

import asyncio
from collections.abc import Callable

import pytest

from services.common.errors import Cancelled, InternalError, NotFound, ResourceExhausted, Unavailable
from services.common.identifiers import new_job_id
from services.trainer.events import Activating, Event, Outcome, Published, Queued, Stepped
from services.trainer.jobs import TrainingJob
from services.trainer.queue import JobQueue, JobRun

STEP = Stepped(1, 2, 0.5, 100.0)


class Stage:
    """Runs jobs that wait to be let on, and notes the order in which they began."""

    def __init__(self) -> None:
        self.begun: list[TrainingJob] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.errors: dict[str, Exception] = {}
        self.publishing = False

    async def run(self, job: TrainingJob, report: Callable[[Event], None]) -> Outcome:
        self.begun.append(job)
        report(Activating() if self.publishing else STEP)
        await self.gates.setdefault(job.job_id, asyncio.Event()).wait()
        if job.job_id in self.errors:
            raise self.errors[job.job_id]
        return Published(f"version of {job.job_id}", None)

    def let_go(self, job: TrainingJob) -> None:
        self.gates.setdefault(job.job_id, asyncio.Event()).set()


def job(user: str = "ada") -> TrainingJob:
    return TrainingJob(new_job_id(), "acme", user, "lessons/some/key")


def make_queue(stage: Stage, slots: int = 1, max_waiting_jobs: int = 100, remembered_jobs: int = 100) -> JobQueue:
    return JobQueue(stage.run, slots, max_waiting_jobs, remembered_jobs)


async def events_of(run: JobRun) -> list[Event]:
    return [event async for event in run.follow()]


async def until_begun(stage: Stage, count: int) -> None:
    async with asyncio.timeout(5):
        while len(stage.begun) < count:
            await asyncio.sleep(0)


async def test_a_second_call_joins_the_running_job() -> None:
    stage = Stage()
    queue, one = make_queue(stage), job()
    first = asyncio.create_task(events_of(queue.submit(one)))
    await until_begun(stage, 1)
    second = asyncio.create_task(events_of(queue.submit(one)))
    await asyncio.sleep(0)
    stage.let_go(one)
    outcome = Published(f"version of {one.job_id}", None)
    assert (await first)[-1] == outcome
    assert await second == [STEP, outcome]
    assert stage.begun == [one]


async def test_an_outcome_is_repeated() -> None:
    stage = Stage()
    queue, one = make_queue(stage), job()
    stage.let_go(one)
    await events_of(queue.submit(one))
    assert await events_of(queue.submit(one)) == [Published(f"version of {one.job_id}", None)]
    assert stage.begun == [one]


async def test_a_failed_job_may_be_submitted_again() -> None:
    stage = Stage()
    queue, one = make_queue(stage), job()
    stage.errors[one.job_id] = NotFound("There is no such dataset.")
    stage.let_go(one)
    with pytest.raises(NotFound):
        await events_of(queue.submit(one))
    del stage.errors[one.job_id]
    assert isinstance((await events_of(queue.submit(one)))[-1], Published)


async def test_what_went_wrong_inside_is_not_told() -> None:
    stage = Stage()
    queue, one = make_queue(stage), job()
    stage.errors[one.job_id] = RuntimeError("secret detail")
    stage.let_go(one)
    with pytest.raises(InternalError, match="Internal error"):
        await events_of(queue.submit(one))


async def test_users_take_turns_and_keep_their_own_order() -> None:
    stage = Stage()
    queue = make_queue(stage)
    ada, bob = [job("ada") for _ in range(3)], [job("bob") for _ in range(2)]
    runs = [queue.submit(one) for one in [*ada, *bob]]
    for one in [*ada, *bob]:
        stage.let_go(one)
    await asyncio.gather(*(events_of(run) for run in runs))
    assert stage.begun == [ada[0], bob[0], ada[1], bob[1], ada[2]]


async def test_one_user_has_one_job_at_a_time_even_where_slots_are_free() -> None:
    stage = Stage()
    queue = make_queue(stage, slots=3)
    ada, bob = [job("ada"), job("ada")], job("bob")
    runs = [queue.submit(one) for one in [*ada, bob]]
    await until_begun(stage, 2)
    assert stage.begun == [ada[0], bob]
    assert queue.waiting_jobs == 1
    for one in [*ada, bob]:
        stage.let_go(one)
    await asyncio.gather(*(events_of(run) for run in runs))


async def test_waiting_jobs_hear_how_many_are_ahead() -> None:
    stage = Stage()
    queue = make_queue(stage)
    jobs = [job("ada"), job("bob"), job("eve")]
    runs = [queue.submit(one) for one in jobs]
    for one in jobs:
        stage.let_go(one)
    assert (await events_of(runs[2]))[:2] == [Queued(1), Queued(0)]


async def test_a_running_job_can_be_cancelled_once() -> None:
    stage = Stage()
    queue, one, other = make_queue(stage), job("ada"), job("bob")
    run, after = queue.submit(one), queue.submit(other)
    await until_begun(stage, 1)
    assert queue.cancel(one.job_id)
    with pytest.raises(Cancelled):
        await events_of(run)
    assert not queue.cancel(one.job_id)
    with pytest.raises(Cancelled):
        await events_of(queue.submit(one))
    stage.let_go(other)
    assert isinstance((await events_of(after))[-1], Published)


async def test_a_waiting_job_can_be_cancelled() -> None:
    stage = Stage()
    queue, one, other = make_queue(stage), job("ada"), job("bob")
    first, waiting = queue.submit(one), queue.submit(other)
    assert queue.cancel(other.job_id)
    with pytest.raises(Cancelled):
        await events_of(waiting)
    stage.let_go(one)
    await events_of(first)
    assert stage.begun == [one]
    assert queue.waiting_jobs == 0


async def test_a_job_that_publishes_is_not_cancelled() -> None:
    stage = Stage()
    stage.publishing = True
    queue, one = make_queue(stage), job()
    run = queue.submit(one)
    await until_begun(stage, 1)
    assert not queue.cancel(one.job_id)
    stage.let_go(one)
    assert isinstance((await events_of(run))[-1], Published)


async def test_unknown_jobs_cannot_be_cancelled() -> None:
    assert not make_queue(Stage()).cancel(new_job_id())


async def test_a_full_queue_refuses() -> None:
    stage = Stage()
    queue = make_queue(stage, max_waiting_jobs=1)
    runs = [queue.submit(job("ada")), queue.submit(job("bob"))]
    with pytest.raises(ResourceExhausted):
        queue.submit(job("eve"))
    for one in runs:
        queue.cancel(one.job.job_id)


async def test_old_outcomes_are_forgotten() -> None:
    stage = Stage()
    queue = make_queue(stage, remembered_jobs=1)
    jobs = [job(), job()]
    for one in [*jobs, jobs[0]]:
        stage.let_go(one)
        await events_of(queue.submit(one))
    assert stage.begun == [*jobs, jobs[0]]


async def test_draining_fails_what_runs_and_waits_but_lets_publishing_finish() -> None:
    stage = Stage()
    queue = make_queue(stage, slots=2)
    running, publishing, waiting = job("ada"), job("bob"), job("eve")
    first = queue.submit(running)
    await until_begun(stage, 1)
    stage.publishing = True
    second, third = queue.submit(publishing), queue.submit(waiting)
    await until_begun(stage, 2)
    drained = asyncio.create_task(queue.drain())
    for run in (first, third):
        with pytest.raises(Unavailable):
            await events_of(run)
    stage.let_go(publishing)
    await drained
    assert isinstance((await events_of(second))[-1], Published)
    with pytest.raises(Unavailable):
        queue.submit(job())
