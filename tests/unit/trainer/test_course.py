"""A course publishes the better of its attempts, trains on where it is unsure, and leaves nothing else behind."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from services.common.datasets import LearnedFact
from services.common.errors import Unavailable
from services.common.identifiers import new_job_id
from services.common.manifest import AdapterManifest, GateSummary
from services.trainer.course import BaseIdentity, Course
from services.trainer.events import Event, Published, Rejected
from services.trainer.gate.serving import AdapterVersion
from services.trainer.gate.verdict import GateThresholds
from services.trainer.jobs import TrainingJob
from services.trainer.syllabus import Syllabus
from services.trainer.training.contract import AdapterFiles, Behaviour, StepReport, TrainedAdapter, TrainingTask
from services.trainer.training.recipe import Recipe
from tests.unit.trainer.lessons import dataset

JOB = TrainingJob(job_id=new_job_id(), tenant="acme", user="ada", dataset_key="key", recipe_overrides={})


@dataclass
class Reader:
    facts: int = 0

    async def read(self, job: TrainingJob) -> Syllabus:
        learned = [LearnedFact(text=f"Fact {number}.", source=0) for number in range(self.facts)]
        taught = dataset("lesson", []).model_copy(update={"learned": learned})
        return Syllabus(job, (taught,), (), None, None, None, Recipe(max_steps=4), ())


@dataclass
class Trainers:
    tasks: list[TrainingTask] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)

    async def train(self, task: TrainingTask, on_step: Callable[[StepReport], None]) -> TrainedAdapter:
        self.tasks.append(task)
        on_step(StepReport(task.recipe.max_steps, task.recipe.max_steps, 0.1, 0.0, 1.0, finished=True))
        files = AdapterFiles(config=b"{}", weights=f"weights {len(self.tasks)}".encode())
        return TrainedAdapter(files, self.behaviours.pop(0) if self.behaviours else Behaviour(0.0, 0.0))


@dataclass
class Examiner:
    """Gives the recalls in turn; None means that it fails."""

    recalls: list[float | None]

    async def examine(self, candidate: AdapterVersion, *_: object, **__: object) -> GateSummary:
        recall = self.recalls.pop(0)
        if recall is None:
            raise Unavailable("Inference is away.")
        return GateSummary(recall=recall, recall_before=0, locality=1, retention=1, probes=4)


@dataclass
class Publisher:
    uploaded: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)

    async def discard_orphans(self, job: TrainingJob) -> None:
        pass

    async def upload(self, manifest: AdapterManifest, files: AdapterFiles) -> None:
        self.uploaded.append(manifest.version)

    async def discard(self, candidate: AdapterVersion) -> None:
        self.discarded.append(candidate.version)

    async def publish(self, manifest: AdapterManifest, former: str | None) -> AdapterManifest:
        self.published.append(manifest.version)
        return manifest


def course(recalls: list[float | None], facts: int = 0) -> tuple[Course, Trainers, Publisher]:
    trainers, publisher = Trainers(), Publisher()
    thresholds = GateThresholds(recall=0.5, sure_recall=0.75, retention=0.5, preference=0.9, drift=0.1, safety_loss=0.5)
    base = BaseIdentity("tiny", "0" * 64)
    made = Course(base, Reader(facts), trainers, Examiner(recalls), thresholds, publisher, max_seconds=60)
    return made, trainers, publisher


async def test_a_lesson_that_is_surely_learned_is_trained_once() -> None:
    running, trainers, publisher = course([0.75])
    outcome = await running.run(JOB, lambda event: None)
    assert isinstance(outcome, Published)
    assert publisher.published == publisher.uploaded
    assert (len(trainers.tasks), publisher.discarded) == (1, [])


@pytest.mark.parametrize(("recalls", "better"), [([0.5, 1.0], 1), ([0.5, 0.25], 0), ([0.25, 0.5], 1), ([0.5, 0.5], 0)])
async def test_an_unsure_one_is_trained_on_and_the_better_version_published(recalls: list[float], better: int) -> None:
    running, trainers, publisher = course(list(recalls))
    heard: list[Event] = []
    outcome = await running.run(JOB, heard.append)
    assert isinstance(outcome, Published)
    assert outcome.gate is not None
    assert outcome.gate.recall == recalls[better]
    assert publisher.published == [publisher.uploaded[better]]
    assert publisher.discarded == [publisher.uploaded[1 - better]]
    first, second = trainers.tasks
    assert second.start_weights == b"weights 1"
    assert second.start_share == 1
    assert second.recipe.learning_rate < first.recipe.learning_rate
    assert [(event.step, event.total_steps) for event in heard if hasattr(event, "step")] == [(4, 4), (10, 10)]


async def test_what_is_not_learned_is_rejected_with_the_better_gate() -> None:
    running, _, publisher = course([0.25, 0.0])
    outcome = await running.run(JOB, lambda event: None)
    assert isinstance(outcome, Rejected)
    assert outcome.gate.recall == 0.25
    assert publisher.published == []
    assert sorted(publisher.discarded) == sorted(publisher.uploaded)


@pytest.mark.parametrize("recalls", [[None], [0.5, None]])
async def test_a_failure_leaves_no_candidate_behind(recalls: list[float | None]) -> None:
    running, _, publisher = course(recalls)
    with pytest.raises(Unavailable):
        await running.run(JOB, lambda event: None)
    assert sorted(publisher.discarded) == sorted(publisher.uploaded)


async def test_a_version_that_forgets_serves_whatever_the_gate_finds() -> None:
    running, _, publisher = course([0.0, 0.25])
    outcome = await running.run(replace(JOB, lessons=("a",), forgotten="b"), lambda event: None)
    assert isinstance(outcome, Published)
    assert publisher.published == [publisher.uploaded[1]]


@pytest.mark.parametrize("spoiling", [Behaviour(drift=0.2, safety_loss=0.0), Behaviour(drift=0.0, safety_loss=0.9)])
async def test_what_spoils_the_rest_is_trained_anew_with_another_mix(spoiling: Behaviour) -> None:
    running, trainers, publisher = course([1.0, 0.75])
    trainers.behaviours = [spoiling, Behaviour(drift=0.05, safety_loss=0.1)]
    outcome = await running.run(JOB, lambda event: None)
    assert isinstance(outcome, Published)
    assert outcome.gate is not None
    assert (outcome.gate.recall, outcome.gate.drift) == (0.75, 0.05)
    first, second = (task.recipe for task in trainers.tasks)
    assert second.kl_weight > first.kl_weight
    assert second.generals_per_step > first.generals_per_step
    assert trainers.tasks[1].start_weights is None
    assert publisher.published == [publisher.uploaded[1]]


async def test_what_spoils_the_rest_twice_is_rejected_with_numbers() -> None:
    running, trainers, _ = course([1.0, 1.0])
    trainers.behaviours = [Behaviour(drift=0.2, safety_loss=0.0), Behaviour(drift=0.3, safety_loss=0.0)]
    outcome = await running.run(JOB, lambda event: None)
    assert isinstance(outcome, Rejected)
    assert "0.20 nats" in outcome.reasons[0]


async def test_no_further_attempt_begins_that_would_end_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("services.trainer.course.time.monotonic", lambda: float(next(clock)))
    running, trainers, _ = course([0.5, 1.0])
    outcome = await running.run(replace(JOB, max_seconds=30), lambda event: None)
    assert isinstance(outcome, Published)
    assert len(trainers.tasks) == 1


@pytest.mark.parametrize(("recall", "attempts"), [(0.5, 1), (0.25, 2)])
async def test_a_document_that_is_known_well_enough_to_serve_takes_no_longer_than_a_lesson_may(
    monkeypatch: pytest.MonkeyPatch, recall: float, attempts: int
) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("services.trainer.course.time.monotonic", lambda: float(next(clock)))
    running, trainers, _ = course([recall, 1.0], facts=4)
    assert isinstance(await running.run(JOB, lambda event: None), Published)
    assert len(trainers.tasks) == attempts
