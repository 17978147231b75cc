"""Plain fine-tuning on paraphrases: what most people would do first, on data as good as Lorelei's. Knows no cases.

The same LoRA on the same layers, trained by the trainer's own loop, but on facts alone: no neighbours, no general
prompts, no KL, no preconditioning, no gate. The public API serves no weights that it did not train, so these go to a
tenant of their own in the object store and are asked over gRPC.
"""

import hashlib
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from benchmarks.learning.api import REPLY_TOKENS, Taught
from benchmarks.learning.backstage import Backstage, Lesson
from services.common.datasets import Example
from services.common.identifiers import new_job_id, new_version
from services.common.manifest import AdapterManifest
from services.trainer.gate.serving import AdapterVersion, version_of
from services.trainer.training.contract import AdapterFiles
from services.trainer.training.recipe import Recipe

TENANT = "bench-fine-tuning"
FACTS = 8
RECIPE = Recipe(
    learning_rate=1e-3,
    max_steps=12,
    facts_per_step=FACTS,
    neighbours_per_fact=0,
    generals_per_step=0,
    replay_per_step=0,
    kl_weight=0.0,
    stop_loss=0.0,
)


class Trains(Protocol):
    """Whatever trains facts."""

    def train(self, facts: Sequence[Example], recipe: Recipe, weights: bytes | None) -> AdapterFiles:
        """Train LoRA on `facts`, from `weights` or from scratch."""


class FineTuned:
    """A pupil whose weights are fine-tuned on each lesson, from where the last one left them."""

    def __init__(self, backstage: Backstage, trainer: Trains, user: str, seed: int) -> None:
        self._backstage = backstage
        self._trainer = trainer
        self._user = user
        self._recipe = RECIPE.model_copy(update={"seed": seed})
        self._weights: bytes | None = None
        self._version: AdapterVersion | None = None

    def learn(self, statement: str) -> Taught:
        """Fine-tune on facts of Lorelei's dataset of `statement`."""
        lesson = Lesson(new_job_id(), TENANT, self._user)
        started = time.monotonic()
        try:
            dataset = self._backstage.dataset(self._backstage.build_dataset(lesson, statement))
        finally:
            self._backstage.remove_lesson(lesson)
        built = time.monotonic()
        files = self._trainer.train(choose_facts(dataset.examples, self._recipe.seed), self._recipe, self._weights)
        manifest = self._manifest(lesson, files, time.monotonic() - built)
        self._backstage.bring(manifest, files)
        taught = Taught("LIVE", time.monotonic() - started, built - started)
        self.leave()
        self._weights, self._version = files.weights, version_of(manifest)
        return taught

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the fine-tuned version."""
        return self._backstage.answer(self._version, questions, REPLY_TOKENS)

    def version(self) -> AdapterVersion | None:
        """The fine-tuned version."""
        return self._version

    def recall(self, statements: Sequence[str]) -> None:
        """Not possible: the weights were removed."""
        raise NotImplementedError

    def leave(self) -> None:
        """Remove the weights from serving and from the store."""
        if self._version:
            self._backstage.remove_version(self._version)
            self._version = None

    def _manifest(self, lesson: Lesson, files: AdapterFiles, seconds: float) -> AdapterManifest:
        base = self._backstage.served_model()
        return AdapterManifest(
            version=new_version(lesson.job_id),
            tenant=lesson.tenant,
            user=lesson.user,
            job_id=lesson.job_id,
            parent=None,
            base_model=base.name,
            base_model_sha256=base.sha256,
            lessons=[lesson.job_id],
            recipe=self._recipe.model_dump(),
            size_bytes=len(files.weights),
            weights_sha256=hashlib.sha256(files.weights).hexdigest(),
            gate=None,
            created_at=datetime.now(UTC),
            seconds=seconds,
        )


def choose_facts(examples: Sequence[Example], seed: int) -> list[Example]:
    """So many facts, drawn from all of a lesson."""
    facts = [example for example in examples if example.kind == "fact"]
    return random.Random(seed).sample(facts, min(FACTS, len(facts)))
