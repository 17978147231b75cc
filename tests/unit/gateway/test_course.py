"""The course of a learn job, with a store, an augmenter and a trainer of its own making."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from services.common.errors import (
    Cancelled,
    DeadlineExceeded,
    FailedPrecondition,
    Moderated,
    Unavailable,
)
from services.gateway.audit import AuditEntry, AuditKind
from services.gateway.learning.course import CourseParts, LearnCourse
from services.gateway.learning.jobs import JobKind, JobState, LearnedSource, LearnJob
from services.gateway.learning.patience import PatienceLimits
from services.gateway.learning.steps import DatasetBuilt, InForce, Published, Refused, StepProgress
from services.gateway.learning.store import Claim, ClaimLostError, JobStore

JOB = LearnJob(
    "learn-" + "0" * 24, "acme", "ada", JobKind.INSTRUCTION, "My dog is Biscuit.", conversation=(), created_at=0.0
)
LIVE = Published("v-1", {"recall": 1.0})
TRAINING = StepProgress(JobState.TRAINING, 0.5, {"step": 1})


class Notebook:
    """A JobStore that only remembers what was written."""

    def __init__(self) -> None:
        self.written: list[tuple[JobState, int]] = []
        self.is_lost = False

    async def record(self, claim: Claim, detail: object = None, stage: str = "", **changes: Any) -> Claim:
        if self.is_lost:
            raise ClaimLostError
        job = replace(claim.job, **changes)
        self.written.append((job.state, job.progress))
        return Claim(job, claim.lease)

    async def finish(self, claim: Claim, state: JobState, **changes: Any) -> LearnJob:
        return (await self.record(claim, state=state, **changes)).job


class Augmenter:
    """Builds by a script: exceptions are raised, other things yielded; each call takes the next list."""

    def __init__(self, *calls: list[object]) -> None:
        self.calls = list(calls)
        self.told_known: list[tuple[str, ...]] = []

    async def build(
        self, job: LearnJob, known_lessons: Sequence[str]
    ) -> AsyncGenerator[StepProgress | DatasetBuilt, None]:
        self.told_known.append(tuple(known_lessons))
        for item in self.calls.pop(0):
            yield cast(DatasetBuilt, await _play(item))


class Trainer:
    """Trains by a script, like Augmenter; `stop` wakes whatever waits in the script."""

    def __init__(self, *calls: list[object], stops: bool = True) -> None:
        self.calls = list(calls)
        self.stops = stops
        self.stopped = asyncio.Event()
        self.published: str | None = None

    async def train(self, job: LearnJob) -> AsyncGenerator[StepProgress | Published | Refused, None]:
        for item in self.calls.pop(0):
            yield cast(Published, await _play(item))

    async def stop(self, job_id: str) -> bool:
        if self.stops:
            self.stopped.set()
        return self.stops

    async def version_of_job(self, tenant: str, user: str, job_id: str) -> str | None:
        return self.published


class Records:
    """Keeps one version in force, and writes down what is done."""

    def __init__(self) -> None:
        self.left: tuple[str, ...] | None = ("learn-a",)
        self.done: list[tuple[str, ...]] = []

    async def in_force(self, tenant: str, user: str) -> InForce:
        return InForce("v-0", ("learn-a", "learn-b"))

    async def left_without(self, tenant: str, user: str, lesson: str) -> tuple[str, ...] | None:
        return self.left

    async def serve_base(self, tenant: str, user: str) -> None:
        self.done.append(("base", user))

    async def erase(self, tenant: str, user: str, lesson: str) -> None:
        self.done.append(("erase", lesson))

    async def name_version(self, tenant: str, user: str, version: str, title: str) -> None:
        self.done.append(("name", version, title))


class Journal:
    """Keeps the operator's entries, or is out of reach."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.is_away = False

    async def record(self, entry: AuditEntry) -> None:
        if self.is_away:
            raise Unavailable("away")
        self.entries.append(entry)


async def _play(item: object) -> object:
    if isinstance(item, BaseException):
        raise item
    return await cast(Callable[[], Any], item)() if callable(item) else item


async def _for_ever() -> None:
    await asyncio.Event().wait()


class World:
    """One course and everything around it."""

    def __init__(self, augmenter: Augmenter, trainer: Trainer, job: LearnJob = JOB, break_offs: int = 3) -> None:
        self.notebook = Notebook()
        self.cancel_asked = asyncio.Event()
        patience = PatienceLimits(break_offs, outage_seconds=0.2, first_pause_seconds=0.001, longest_pause_seconds=0.01)
        self.records = Records()
        self.journal = Journal()
        store = cast(JobStore, self.notebook)
        parts = CourseParts(store, augmenter, trainer, trainer, self.records, self.journal, patience)
        self.course = LearnCourse(parts, Claim(job, "worker/1"), self.cancel_asked)

    async def run(self) -> LearnJob:
        async with asyncio.timeout(10):
            return await self.course.run()


def augmenter() -> Augmenter:
    return Augmenter([StepProgress(JobState.PREPARING, 0.5), DatasetBuilt("lessons/x")])


async def test_documents_that_were_learned_before_cost_nothing() -> None:
    builder = Augmenter([StepProgress(JobState.PREPARING, 0.5), DatasetBuilt("", known_lesson="learn-b")])
    job = await World(builder, Trainer(), replace(JOB, kind=JobKind.DOCUMENT)).run()
    assert builder.told_known == [("learn-a", "learn-b")]
    assert (job.state, job.version, job.known_lesson, job.progress) == (JobState.LIVE, "v-0", "learn-b", 100)


async def test_what_was_learned_before_gets_the_name_that_is_asked_for_now() -> None:
    builder = Augmenter([DatasetBuilt("", known_lesson="learn-b")])
    world = World(builder, Trainer(), replace(JOB, kind=JobKind.EXAMPLES, title="desk"))
    assert (await world.run()).state is JobState.LIVE
    assert world.records.done == [("name", "v-0", "desk")]


async def test_a_lesson_keeps_what_it_was_learned_from() -> None:
    source = LearnedSource("The annual report", "file-1", pages=4, represented_pages=(1, 3), facts=5)
    builder = Augmenter([DatasetBuilt("lessons/x", (source,))])
    job = await World(builder, Trainer([LIVE]), replace(JOB, kind=JobKind.DOCUMENT)).run()
    assert (job.state, job.version, job.sources) == (JobState.LIVE, "v-1", (source,))


async def test_a_lesson_goes_live_through_every_state() -> None:
    steps: list[object] = [
        StepProgress(JobState.TRAINING, 0.0),
        TRAINING,
        StepProgress(JobState.EVALUATING, 1.0),
        StepProgress(JobState.ACTIVATING, 0.0),
        LIVE,
    ]
    world = World(augmenter(), Trainer(steps))
    job = await world.run()
    assert (job.state, job.version, job.progress, job.dataset_key) == (JobState.LIVE, "v-1", 100, "lessons/x")
    assert [percent for _, percent in world.notebook.written] == [0, 12, 25, 52, 95, 95, 100]


async def test_what_did_not_change_is_not_written_again() -> None:
    world = World(augmenter(), Trainer([TRAINING, TRAINING, TRAINING, LIVE]))
    await world.run()
    assert len(world.notebook.written) == len(set(world.notebook.written))


async def test_a_job_with_a_dataset_is_not_prepared_again() -> None:
    job = replace(JOB, state=JobState.TRAINING, progress=60, dataset_key="lessons/x")
    world = World(Augmenter(), Trainer([TRAINING, LIVE]), job)
    assert (await world.run()).state is JobState.LIVE
    assert min(percent for _, percent in world.notebook.written) >= 60


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Refused(("It forgot.",), {}), JobState.REJECTED),
        (Moderated("That is not learned."), JobState.REJECTED),
        (FailedPrecondition("The dataset is damaged."), JobState.FAILED),
        (DeadlineExceeded("Too slow."), JobState.FAILED),
        (RuntimeError("secret details"), JobState.FAILED),
    ],
)
async def test_other_ends_say_why(outcome: object, state: JobState) -> None:
    job = await World(augmenter(), Trainer([TRAINING, outcome])).run()
    assert job.state is state
    assert " ".join([*job.reasons, job.error])
    assert "secret" not in job.error


async def test_the_operator_hears_why_moderation_refused_and_not_what_was_said() -> None:
    refused = Moderated("Leave that out.", categories={"secret": 1, "toxic": 2})
    world = World(Augmenter([refused]), Trainer())
    assert (await world.run()).state is JobState.REJECTED
    (entry,) = world.journal.entries
    assert (entry.kind, entry.tenant, entry.user, entry.subject) == (AuditKind.LESSON_REFUSED, "acme", "ada", JOB.id)
    assert entry.categories == {"secret": 1, "toxic": 2}
    assert JOB.statement not in str(entry)


async def test_what_the_gate_refuses_is_no_business_of_the_operators() -> None:
    world = World(augmenter(), Trainer([Refused(("It forgot.",), {})]))
    await world.run()
    assert world.journal.entries == []


async def test_a_refusal_that_cannot_be_noted_is_left_to_another_worker() -> None:
    world = World(Augmenter([Moderated("Leave that out.")]), Trainer())
    world.journal.is_away = True
    with pytest.raises(ClaimLostError):
        await world.run()
    assert JobState.REJECTED not in [state for state, _ in world.notebook.written]


async def test_a_service_that_comes_back_is_asked_again() -> None:
    away = Unavailable("away", retry_after_seconds=None)
    world = World(Augmenter([away], [away], [DatasetBuilt("k")]), Trainer([TRAINING, away], [TRAINING], [LIVE]))
    assert (await world.run()).state is JobState.LIVE


async def test_a_service_that_stays_away_fails_the_job_with_its_message() -> None:
    calls: list[list[object]] = [[Unavailable("The augmenter is away.", retry_after_seconds=None)] for _ in range(999)]
    job = await World(Augmenter(*calls), Trainer()).run()
    assert (job.state, job.error) == (JobState.FAILED, "The augmenter is away.")


async def test_a_step_that_breaks_off_again_and_again_fails_the_job() -> None:
    calls: list[list[object]] = [[TRAINING, Unavailable("It fell.", retry_after_seconds=None)] for _ in range(9)]
    trainer = Trainer(*calls)
    job = await World(augmenter(), trainer, break_offs=3).run()
    assert (job.state, job.error) == (JobState.FAILED, "It fell.")
    assert len(trainer.calls) == 5


async def test_a_job_that_published_without_our_knowing_is_live() -> None:
    trainer = Trainer([TRAINING, DeadlineExceeded("Too slow.")])
    trainer.published = "v-7"
    job = await World(augmenter(), trainer).run()
    assert (job.state, job.version) == (JobState.LIVE, "v-7")


async def test_failing_stops_the_training() -> None:
    trainer = Trainer([TRAINING, DeadlineExceeded("Too slow.")])
    await World(augmenter(), trainer).run()
    assert trainer.stopped.is_set()


async def test_cancelling_while_preparing_ends_at_once() -> None:
    world = World(Augmenter([_for_ever]), Trainer())
    running = asyncio.create_task(world.run())
    world.cancel_asked.set()
    assert (await running).state is JobState.CANCELLED


async def test_cancelling_while_training_stops_the_trainer() -> None:
    trainer = Trainer()

    async def train_until_stopped() -> None:
        await trainer.stopped.wait()
        raise Cancelled("stopped")

    trainer.calls.append([TRAINING, train_until_stopped])
    world = World(Augmenter(), trainer, replace(JOB, dataset_key="k"))
    world.cancel_asked.set()
    assert (await world.run()).state is JobState.CANCELLED


async def test_a_cancel_that_comes_too_late_ends_live() -> None:
    world = World(Augmenter(), Trainer([TRAINING, LIVE], stops=False), replace(JOB, dataset_key="k"))
    world.cancel_asked.set()
    assert (await world.run()).state is JobState.LIVE


async def test_cancelling_while_the_trainer_is_away_ends_cancelled() -> None:
    world = World(Augmenter(), Trainer([Unavailable("away")]), replace(JOB, dataset_key="k"))
    world.cancel_asked.set()
    assert (await world.run()).state is JobState.CANCELLED


async def test_nothing_is_written_after_the_claim_is_lost() -> None:
    world = World(augmenter(), Trainer([LIVE]))
    world.notebook.is_lost = True
    with pytest.raises(ClaimLostError):
        await world.run()


async def test_errors_without_a_user_message_are_internal() -> None:
    job = await World(Augmenter([ZeroDivisionError("1/0")]), Trainer()).run()
    assert job.error == "Internal error."


FORGETTING = replace(JOB, kind=JobKind.FORGETTING, statement="", forgotten="learn-b")


async def test_a_lesson_is_erased_once_a_version_without_it_serves() -> None:
    world = World(Augmenter(), Trainer([TRAINING, LIVE]), FORGETTING)
    job = await world.run()
    assert (job.state, job.version, job.lessons) == (JobState.LIVE, "v-1", ("learn-a",))
    assert world.records.done == [("erase", "learn-b")]


async def test_the_last_lesson_leaves_the_base_model() -> None:
    world = World(Augmenter(), Trainer(), FORGETTING)
    world.records.left = ()
    assert (await world.run()).state is JobState.LIVE
    assert world.records.done == [("base", "ada"), ("erase", "learn-b")]


async def test_a_lesson_that_the_version_in_force_does_not_know_is_only_erased() -> None:
    world = World(Augmenter(), Trainer(), FORGETTING)
    world.records.left = None
    assert (await world.run()).state is JobState.LIVE
    assert world.records.done == [("erase", "learn-b")]


async def test_a_forgetting_that_fails_erases_nothing() -> None:
    world = World(Augmenter(), Trainer([FailedPrecondition("No.")]), FORGETTING)
    assert (await world.run()).state is JobState.FAILED
    assert world.records.done == []


async def test_a_composition_trains_at_once_and_is_named() -> None:
    job = replace(JOB, kind=JobKind.COMPOSITION, statement="", lessons=("learn-a", "learn-b"), title="work")
    world = World(Augmenter(), Trainer([LIVE]), job)
    assert (await world.run()).state is JobState.LIVE
    assert world.records.done == [("name", "v-1", "work")]
