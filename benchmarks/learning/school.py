"""Makes new pupils of each method, and keeps what they share. Teaches nobody."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.learning.api import Api
from benchmarks.learning.backstage import Backstage
from benchmarks.learning.fine_tuning import RECIPE, FineTuned
from benchmarks.learning.methods import Learner, NoteTaker, Pupil, Rememberer, SeededLearner, Untaught
from services.gateway.intents.encoder import SentenceEncoder
from services.trainer.training.contract import BaseModel, LoraShape

if TYPE_CHECKING:
    from benchmarks.learning.plain_trainer import PlainTrainer


class School:
    """Everything that a pupil may need, made when first needed."""

    def __init__(self, api: Api, backstage: Backstage, encoder_folder: Path, model_folder: str) -> None:
        self.backstage = backstage
        self._api = api
        self._encoder_folder = encoder_folder
        self._model_folder = model_folder
        self._open = ExitStack()

    def pupil(self, method: str, user: str, seed: int) -> Pupil:
        """A pupil who was taught nothing yet, unless `user` was known before."""
        make: dict[str, Callable[[], Pupil]] = {
            "untaught": lambda: Untaught(self._api),
            "notes": lambda: NoteTaker(self._api),
            "retrieval": lambda: Rememberer(self._api, self._encoder),
            "fine-tuning": lambda: FineTuned(self.backstage, self._trainer, user, seed),
            "lorelei": lambda: self._learner(user, seed),
        }
        return make[method]()

    def close(self) -> None:
        """Let go of everything."""
        self._open.close()
        self.backstage.close()

    def _learner(self, user: str, seed: int) -> Learner:
        # The public API has the recipe's own seed, which is 0, and no way to choose another.
        return SeededLearner(self._api, user, self.backstage, seed) if seed else Learner(self._api, user)

    @cached_property
    def _encoder(self) -> SentenceEncoder:
        return SentenceEncoder(self._encoder_folder, threads=1)

    @cached_property
    def _trainer(self) -> "PlainTrainer":
        # As in the trainer's workers, for a fair comparison of seconds; read when PyTorch is imported.
        os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "30000"}
        # PyTorch, DeepSpeed and the model take seconds and a gigabyte, and only one method needs them.
        import torch

        if not torch.cuda.is_available():
            os.environ["DS_ACCELERATOR"] = "cpu"  # read when DeepSpeed is imported
        from benchmarks.learning.plain_trainer import PlainTrainer

        base = BaseModel(self._model_folder, self.backstage.served_model().name)
        trainer = PlainTrainer(base, LoraShape(RECIPE.rank, RECIPE.trained_layers))
        self._open.callback(trainer.close)
        return trainer
