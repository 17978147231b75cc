"""What a learn job's course needs from the augmenter and the trainer. Knows nothing of gRPC."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.gateway.audit import AuditEntry
from services.gateway.learning.jobs import JobState, LearnedSource, LearnJob


@dataclass(frozen=True)
class StepProgress:
    """A step goes on: the job's state, the share of that state's work done in [0, 1], and figures to show.

    `stage` names what of that work is done now, where it has parts.
    """

    state: JobState
    fraction: float
    detail: Mapping[str, float] = field(default_factory=dict)
    stage: str = ""


@dataclass(frozen=True)
class DatasetBuilt:
    """The dataset lies in the object store; `sources` are the documents that it was taken from.

    Where a `known_lesson` was taken from the very same documents there is none.
    """

    dataset_key: str
    sources: tuple[LearnedSource, ...] = ()
    known_lesson: str = ""


@dataclass(frozen=True)
class InForce:
    """The version that serves a user, empty for the base model, and the lessons that it knows."""

    version: str
    lessons: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """The new version serves the user."""

    version: str
    gate: Mapping[str, float]


@dataclass(frozen=True)
class Refused:
    """The gate refused the candidate; nothing changed."""

    reasons: tuple[str, ...]
    gate: Mapping[str, float]


class DatasetBuilder(Protocol):
    """Builds the dataset of a job."""

    def build(self, job: LearnJob, known_lessons: Sequence[str]) -> AsyncGenerator[StepProgress | DatasetBuilt, None]:
        """Build, or go on building, unless one of `known_lessons` was taken from the very same documents.

        Idempotent by job id. The last item is DatasetBuilt. Raises LoreleiError.
        """


class AdapterTrainer(Protocol):
    """Trains, gates and publishes."""

    def train(self, job: LearnJob) -> AsyncGenerator[StepProgress | Published | Refused, None]:
        """Train on the job's dataset, or join its training; idempotent by job id.

        The last item is Published or Refused. Raises Cancelled when the training was stopped, or LoreleiError.
        """

    async def stop(self, job_id: str) -> bool:
        """Stop the job's training before it publishes; False when there is nothing to stop."""


class LessonRecords(Protocol):
    """What is kept of lessons, and of which the user's version in force is made."""

    async def in_force(self, tenant: str, user: str) -> InForce:
        """What serves the user now."""

    async def left_without(self, tenant: str, user: str, lesson: str) -> tuple[str, ...] | None:
        """Lessons of the version in force but `lesson`, oldest first; None when it does not know `lesson`."""

    async def serve_base(self, tenant: str, user: str) -> None:
        """Let the untaught base model serve the user."""

    async def erase(self, tenant: str, user: str, lesson: str) -> None:
        """Delete all that is kept of `lesson`, and every version that knows it; none of them may serve."""

    async def name_version(self, tenant: str, user: str, version: str, title: str) -> None:
        """Give `version` the user's own name for it."""


class Refusals(Protocol):
    """The operator's record of what moderation refused."""

    async def record(self, entry: AuditEntry) -> None:
        """Keep `entry`, or raise Unavailable."""


class PublishedVersions(Protocol):
    """Knows what jobs have published."""

    async def version_of_job(self, tenant: str, user: str, job_id: str) -> str | None:
        """The version that `job_id` published, or None."""
