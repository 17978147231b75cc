"""One warm training process: the model and its engine, kept between lessons. Knows nothing of Ray or stores."""

import torch
from transformers import PreTrainedModel

from services.common.datasets import Example
from services.common.errors import FailedPrecondition
from services.trainer.training.base_model import export_adapter, load_base, load_tokenizer, lora_layers
from services.trainer.training.behaviour import BehaviourCheck
from services.trainer.training.contract import BaseModel, LoraShape, StepReport, TrainedAdapter, TrainingTask
from services.trainer.training.engine import TrainingEngine
from services.trainer.training.lesson import LessonTraining, Share
from services.trainer.training.preconditioning import measure_preconditioners
from services.trainer.training.process_group import join_process_group, leave_process_group
from services.trainer.training.tokens import TokenizedExample, tokenize_example

# With two workers the gradients are divided among them too; a single worker has nothing to divide.
_ZERO_STAGE = 2


class TrainingSession:
    """Holds base model, LoRA and ZeRO engine; trains one lesson at a time."""

    def __init__(self, base: BaseModel, lora: LoraShape, share: Share, rendezvous: str) -> None:
        """Load everything for LoRA of this shape; blocks until all workers of the group have come."""
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._base = base
        self._share = share
        join_process_group(rendezvous, share.rank, share.world_size, self._device)
        self._tokenizer = load_tokenizer(base.path)
        self._lora = lora
        self._engine, self._check = self._make_engine(load_base(base.path, self._device), lora)
        self._lesson: LessonTraining | None = None

    def begin(self, task: TrainingTask) -> None:
        """Get ready for `task`, whatever was trained before.

        Raises FailedPrecondition when an example is too long, the dataset is empty or the weights do not fit.
        """
        recipe = task.recipe
        self._use_shape(LoraShape(recipe.rank, recipe.trained_layers))
        self._engine.reset(recipe.seed, task.start_weights, recipe.alpha, task.start_share)
        self._lesson = LessonTraining(
            self._engine,
            self._tokenize(task.lesson, recipe.kl_tokens),
            [self._tokenize(lesson, recipe.kl_tokens) for lesson in task.earlier],
            recipe,
            self._share,
        )

    def step(self) -> StepReport:
        """Take one optimiser step of the lesson begun."""
        if self._lesson is None:
            raise FailedPrecondition("No training was begun on this worker.", reason="NOT_BEGUN")
        return self._lesson.step()

    def export(self) -> TrainedAdapter:
        """The adapter as it is now, and how it behaves."""
        return TrainedAdapter(export_adapter(self._engine.model, self._base.name), self._check.measure())

    def close(self) -> None:
        """Leave the process group."""
        self._engine.close()
        leave_process_group()

    def _tokenize(self, examples: tuple[Example, ...], kl_tokens: int) -> list[TokenizedExample]:
        return [
            tokenize_example(self._tokenizer, example, kl_tokens, self._share.max_pack_tokens) for example in examples
        ]

    def _use_shape(self, lora: LoraShape) -> None:
        """Build the engine anew when the lesson wants LoRA of another shape than the last one."""
        if lora == self._lora:
            return
        base = self._engine.model.unload()
        self._engine.close()
        self._engine, self._check = self._make_engine(base, lora)
        self._lora = lora

    def _make_engine(self, base: PreTrainedModel, lora: LoraShape) -> tuple[TrainingEngine, BehaviourCheck]:
        preconditioners = measure_preconditioners(base, self._tokenizer, lora_layers(base, lora))
        engine = TrainingEngine(base, preconditioners, lora, _ZERO_STAGE, self._device)
        return engine, BehaviourCheck(engine, self._tokenizer, self._share.max_pack_tokens)
