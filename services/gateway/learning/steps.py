"""What a learn job's course needs from the augmenter and the trainer. Knows nothing of gRPC."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.gateway.learning.jobs import JobState, LearnJob


@dataclass(frozen=True)
class StepProgress:
    """A step goes on: the job's state, the share of that state's work done in [0, 1], and figures to show."""

    state: JobState
    fraction: float
    detail: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetBuilt:
    """The dataset lies in the object store."""

    dataset_key: str


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

    def build(self, job: LearnJob) -> AsyncGenerator[StepProgress | DatasetBuilt, None]:
        """Build, or go on building; idempotent by job id. The last item is DatasetBuilt. Raises LoreleiError."""


class AdapterTrainer(Protocol):
    """Trains, gates and publishes."""

    def train(self, job: LearnJob) -> AsyncGenerator[StepProgress | Published | Refused, None]:
        """Train on the job's dataset, or join its training; idempotent by job id.

        The last item is Published or Refused. Raises Cancelled when the training was stopped, or LoreleiError.
        """

    async def stop(self, job_id: str) -> bool:
        """Stop the job's training before it publishes; False when there is nothing to stop."""


class PublishedVersions(Protocol):
    """Knows what jobs have published."""

    async def version_of_job(self, tenant: str, user: str, job_id: str) -> str | None:
        """The version that `job_id` published, or None."""
