"""What goes into one training and what comes out. Free of PyTorch, so that the service can speak it cheaply."""

from dataclasses import dataclass

from services.common.datasets import Example
from services.trainer.training.recipe import Recipe


@dataclass(frozen=True)
class BaseModel:
    """The frozen model under all adapters: where it lies, and the name that manifests and PEFT configs carry."""

    path: str
    name: str


@dataclass(frozen=True)
class LoraShape:
    """Rank of the LoRA matrices, and the share, in (0, 1], of the decoder layers, from the top, that have them."""

    rank: int
    trained_layers: float


@dataclass(frozen=True)
class TrainingTask:
    """One lesson to train: its examples, those of `earlier` lessons, and the weights to continue from, if any.

    start_share: share, in (0, 1], of those weights' update that is kept.
    """

    lesson: tuple[Example, ...]
    earlier: tuple[tuple[Example, ...], ...]
    recipe: Recipe
    start_weights: bytes | None
    start_share: float = 1.0


@dataclass(frozen=True)
class StepReport:
    """What one optimiser step did; losses are means in nats per answer token."""

    step: int
    total_steps: int
    fact_loss: float
    kl: float
    tokens_per_second: float
    finished: bool


@dataclass(frozen=True)
class AdapterFiles:
    """The two files of a standard PEFT folder."""

    config: bytes
    weights: bytes


@dataclass(frozen=True)
class Behaviour:
    """How far a taught model is from the base where nothing was taught; nats per token.

    drift: mean KL of the base's to the taught model's next-token distributions on held-out general prompts;
    safety_loss: by how much less than the base it prefers refusing unsafe prompts to complying; negative: by more.
    """

    drift: float
    safety_loss: float


@dataclass(frozen=True)
class TrainedAdapter:
    """An adapter and how it behaves."""

    files: AdapterFiles
    behaviour: Behaviour
