"""What a training tells those who follow it. Knows nothing of protobuf."""

from dataclasses import dataclass

from services.common.manifest import GateSummary


@dataclass(frozen=True)
class Queued:
    """The job waits for a worker; `position` jobs are ahead of it."""

    position: int


@dataclass(frozen=True)
class Stepped:
    """One optimiser step was done; loss in nats per answer token of the facts."""

    step: int
    total_steps: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True)
class Evaluating:
    """The gate has asked `done` of `total` probes."""

    done: int
    total: int


@dataclass(frozen=True)
class Activating:
    """The version is being published; from here on the job cannot be cancelled."""


@dataclass(frozen=True)
class Published:
    """The end: a new version serves."""

    version: str
    gate: GateSummary | None


@dataclass(frozen=True)
class Rejected:
    """The end: the gate refused; `reasons` are sentences for people."""

    reasons: tuple[str, ...]
    gate: GateSummary


Outcome = Published | Rejected
Event = Queued | Stepped | Evaluating | Activating | Outcome
