"""What runs: the replicas of each service, how they are and what they use. Knows nothing of gRPC or HTTP."""

from dataclasses import dataclass
from typing import Protocol

from services.common.resources import Resources


@dataclass(frozen=True)
class ResidentAdapter:
    """An adapter version in a slot of inference's, and how many streams it answers now."""

    tenant: str
    user: str
    version: str
    size_bytes: int
    streams: int


@dataclass(frozen=True)
class TrainingQueue:
    """The workers of a trainer, and the jobs that wait for one there."""

    workers: int
    busy_workers: int
    queued_jobs: int


@dataclass(frozen=True)
class Replica:
    """One process of a service, called by its address.

    One that is not `ready` may have no `resources`. `adapters` and `model` are inference's, `training` the trainer's.
    """

    name: str
    ready: bool
    resources: Resources | None = None
    model: str = ""
    adapters: tuple[ResidentAdapter, ...] = ()
    training: TrainingQueue | None = None


class Fleet(Protocol):
    """Looks at the services behind the gateway."""

    async def replicas(self) -> dict[str, list[Replica]]:
        """The replicas of inference, augmenter and trainer, all asked at once; one that is away is not `ready`."""
