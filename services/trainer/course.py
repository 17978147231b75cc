"""The course of one job: training, candidate, gate, publication. Knows nothing of queues, Ray or gRPC."""

import dataclasses
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog

from services.common.identifiers import new_version
from services.common.manifest import AdapterManifest, GateSummary
from services.trainer.attempts import Attempt, first_attempt, second_attempt
from services.trainer.events import Activating, Evaluating, Event, Outcome, Published, Rejected, Stepped
from services.trainer.gate.examination import Examiner
from services.trainer.gate.serving import version_of
from services.trainer.gate.verdict import GateThresholds, Verdict, judge
from services.trainer.jobs import TrainingJob
from services.trainer.publish import Publisher
from services.trainer.syllabus import Syllabus, SyllabusReader
from services.trainer.training.contract import AdapterFiles, StepReport, TrainedAdapter, TrainingTask

_log = structlog.get_logger()

Report = Callable[[Event], None]


class Trainers(Protocol):
    """Whatever trains: in the service, the pool of warm workers."""

    async def train(self, task: TrainingTask, on_step: Callable[[StepReport], None]) -> TrainedAdapter:
        """Train `task` and return the adapter."""


@dataclass(frozen=True)
class BaseIdentity:
    """Name of the base model and the SHA-256 of its weights."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Candidate:
    """A trained version that serves nobody yet."""

    manifest: AdapterManifest
    trained: TrainedAdapter
    steps_done: int


@dataclass(frozen=True)
class Examined:
    """A candidate and what the gate says of it."""

    candidate: Candidate
    gate: GateSummary
    verdict: Verdict


class Course:
    """Takes a job from its dataset to a published version or a rejection."""

    def __init__(
        self,
        base: BaseIdentity,
        reader: SyllabusReader,
        trainers: Trainers,
        examiner: Examiner,
        thresholds: GateThresholds,
        publisher: Publisher,
        max_seconds: int,
    ) -> None:
        """`max_seconds` bounds the attempts of a job that sets no limit itself, as `_allowed_seconds` says."""
        self._base = base
        self._reader = reader
        self._trainers = trainers
        self._examiner = examiner
        self._thresholds = thresholds
        self._publisher = publisher
        self._max_seconds = max_seconds

    async def run(self, job: TrainingJob, report: Report) -> Outcome:
        """Train, gate and publish `job`; where the gate is not satisfied, try once more and take the better.

        Raises what `SyllabusReader.read` does, StaleVersion when the user's version was changed meanwhile, and
        Unavailable when a store or inference is out of reach. No unpublished candidate is left behind.
        """
        await self._publisher.discard_orphans(job)
        syllabus = await self._reader.read(job)
        examined: list[Examined] = []
        best: Examined | None = None
        try:
            await self._attempts(syllabus, examined, report)
            best = max(examined, key=lambda one: (one.verdict.accepted, one.gate.recall))
        finally:
            for one in examined:
                if one is not best or not one.verdict.accepted:
                    await self._publisher.discard(version_of(one.candidate.manifest))
        if not best.verdict.accepted:
            return Rejected(best.verdict.reasons, best.gate)
        return await self._publish(syllabus, best, report)

    async def _attempts(self, syllabus: Syllabus, examined: list[Examined], report: Report) -> None:
        """Append one attempt, or two where the first leaves doubts and there is time."""
        started = time.monotonic()
        first = first_attempt(syllabus)
        examined.append(await self._attempt(syllabus, first, report))
        candidate, verdict = examined[0].candidate, examined[0].verdict
        if verdict.sure and verdict.accepted:
            return
        second = second_attempt(first, candidate.trained.files.weights, candidate.steps_done, verdict)
        took = time.monotonic() - started
        expected = took * second.task.recipe.max_steps / candidate.steps_done
        if took + expected <= self._allowed_seconds(syllabus, verdict):
            examined.append(await self._attempt(syllabus, second, report))
        else:
            _log.info("no_time_for_another_attempt", job=syllabus.job.job_id, seconds=took, expected=expected)

    def _allowed_seconds(self, syllabus: Syllabus, verdict: Verdict) -> int:
        """The limit for each lesson, or for each fact of a document where nothing else than another attempt can serve.

        The first attempt at a document takes minutes; what it taught well enough to serve does not wait as long again.
        """
        parts = len(syllabus.taught) if verdict.accepted else syllabus.facts
        return syllabus.job.max_seconds or self._max_seconds * parts

    async def _attempt(self, syllabus: Syllabus, attempt: Attempt, report: Report) -> Examined:
        candidate = await self._train(syllabus, attempt, report)
        gate = await self._examine(syllabus, candidate, report)
        verdict = judge(gate, self._thresholds, syllabus.drift_before, replaces=syllabus.replaces)
        if syllabus.job.forgotten:
            # What serves now knows the lesson that must go, so it cannot stay, however well the others are learned.
            verdict = dataclasses.replace(verdict, not_learned=(), spoiled=())
        _log.info(
            "attempt_examined",
            job=syllabus.job.job_id,
            attempt=attempt.number,
            steps=candidate.steps_done,
            recall=gate.recall,
            recall_before=gate.recall_before,
            objections=verdict.reasons,
        )
        return Examined(candidate, gate, verdict)

    async def _train(self, syllabus: Syllabus, attempt: Attempt, report: Report) -> Candidate:
        steps_done = attempt.steps_before

        def on_step(step: StepReport) -> None:
            nonlocal steps_done
            steps_done = attempt.steps_before + step.step
            total = attempt.steps_before + step.total_steps
            report(Stepped(steps_done, total, step.fact_loss, step.tokens_per_second))

        started = time.monotonic()
        trained = await self._trainers.train(attempt.task, on_step)
        manifest = self._manifest(syllabus, attempt, trained.files, time.monotonic() - started)
        return Candidate(manifest, trained, steps_done)

    def _manifest(self, syllabus: Syllabus, attempt: Attempt, files: AdapterFiles, seconds: float) -> AdapterManifest:
        job, parent = syllabus.job, syllabus.parent
        return AdapterManifest(
            version=new_version(job.job_id),
            tenant=job.tenant,
            user=job.user,
            job_id=job.job_id,
            parent=parent.version if parent else None,
            base_model=self._base.name,
            base_model_sha256=self._base.sha256,
            lessons=syllabus.lessons,
            recipe={**attempt.task.recipe.model_dump(), "attempt": attempt.number},
            size_bytes=len(files.weights),
            weights_sha256=hashlib.sha256(files.weights).hexdigest(),
            gate=None,
            created_at=datetime.now(UTC),
            seconds=seconds,
        )

    async def _examine(self, syllabus: Syllabus, candidate: Candidate, report: Report) -> GateSummary:
        """Upload the candidate and let it answer; it is discarded when that fails."""
        report(Evaluating(0, len(syllabus.questions)))
        try:
            await self._publisher.upload(candidate.manifest, candidate.trained.files)
            asked = await self._examiner.examine(
                version_of(candidate.manifest),
                syllabus.serving_version,
                syllabus.questions,
                lambda done, total: report(Evaluating(done, total)),
                preferences=syllabus.preferences,
                replaces=syllabus.replaces,
            )
            return asked.model_copy(update=dataclasses.asdict(candidate.trained.behaviour))
        except BaseException:
            await self._publisher.discard(version_of(candidate.manifest))
            raise

    async def _publish(self, syllabus: Syllabus, best: Examined, report: Report) -> Published:
        report(Activating())
        manifest = best.candidate.manifest.model_copy(update={"gate": best.gate})
        former = syllabus.former.version if syllabus.former else None
        published = await self._publisher.publish(manifest, former)
        _log.info("version_published", job=published.job_id, version=published.version, recall=best.gate.recall)
        return Published(published.version, published.gate)
