"""The trainer's own loop in this process, warm, without preconditioning. Knows no lessons, stores or services."""

from collections.abc import Sequence

import torch

from services.common.datasets import Example
from services.embedded.ports import free_ports
from services.trainer.training.base_model import export_adapter, load_base, load_tokenizer
from services.trainer.training.contract import AdapterFiles, BaseModel, LoraShape
from services.trainer.training.engine import TrainingEngine
from services.trainer.training.lesson import LessonTraining, Share
from services.trainer.training.process_group import join_process_group, leave_process_group
from services.trainer.training.recipe import Recipe
from services.trainer.training.tokens import tokenize_example
from services.trainer.workers.cores import FreeCores

_ALONE = Share(rank=0, world_size=1, max_pack_tokens=2048)
_ZERO_STAGE = 2


class PlainTrainer:
    """Holds the base model and an engine for LoRA of one shape; one to a process."""

    def __init__(self, base: BaseModel, shape: LoraShape) -> None:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        join_process_group(f"127.0.0.1:{free_ports(1)[0]}", _ALONE.rank, _ALONE.world_size, device)
        self._base = base
        self._cores, self._most_threads = FreeCores(), torch.get_num_threads()
        self._tokenizer = load_tokenizer(base.path)
        self._engine = TrainingEngine(load_base(base.path, device), {}, shape, _ZERO_STAGE, device)

    def train(self, facts: Sequence[Example], recipe: Recipe, weights: bytes | None) -> AdapterFiles:
        """Train on `facts` with `recipe`, whose shape must be the engine's."""
        self._engine.reset(recipe.seed, weights, recipe.alpha)
        examples = [tokenize_example(self._tokenizer, fact, recipe.kl_tokens, _ALONE.max_pack_tokens) for fact in facts]
        lesson = LessonTraining(self._engine, examples, [], recipe, _ALONE)
        finished = False
        while not finished:
            torch.set_num_threads(self._cores.threads(self._most_threads))
            finished = lesson.step().finished
        return export_adapter(self._engine.model, self._base.name)

    def close(self) -> None:
        """Let go of the optimiser and leave the process group."""
        self._engine.close()
        leave_process_group()
