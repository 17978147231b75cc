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
    """One lesson to train: its examples, those of `earlier` lessons, and the weights to continue from, if any."""

    lesson: tuple[Example, ...]
    earlier: tuple[tuple[Example, ...], ...]
    recipe: Recipe
    start_weights: bytes | None


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
