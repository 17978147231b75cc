"""Trains one lesson step by step on a warm engine. Knows nothing of workers, stores or the gate."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from services.common.errors import FailedPrecondition
from services.trainer.training.contract import StepReport
from services.trainer.training.engine import LossWeights, StudiedExample, TrainingEngine
from services.trainer.training.packing import divide_examples
from services.trainer.training.plan import plan_steps
from services.trainer.training.recipe import Recipe
from services.trainer.training.tokens import TokenizedExample

# A plain answer ("Your dog's name is Biscuit.") has about so many. Divided by their real number, the telling words of
# long answers would count so little beside the KL term that long statements are not learned.
_ANSWER_TOKENS = 8
# A single question is answered after three or four steps, and then all others are, too: it takes a few more until what
# is held to the base model is back there.
_SETTLING_STEPS = 8


@dataclass(frozen=True)
class Share:
    """Which part of each step this worker computes."""

    rank: int
    world_size: int
    max_pack_tokens: int


class LessonTraining:
    """One run over a plan; the engine must have been reset for it."""

    def __init__(
        self,
        engine: TrainingEngine,
        lesson: Sequence[TokenizedExample],
        earlier: Sequence[Sequence[TokenizedExample]],
        recipe: Recipe,
        share: Share,
    ) -> None:
        """Plan all steps on `lesson` and on the `earlier` ones, or raise FailedPrecondition when there is no fact."""
        facts = sum(example.kind == "fact" for example in lesson)
        if not facts:
            raise FailedPrecondition("The dataset holds no fact to learn.", reason="DATASET_EMPTY")
        self._engine = engine
        self._recipe = recipe
        self._share = share
        self._plan = plan_steps(lesson, earlier, recipe)
        self._known: dict[TokenizedExample, StudiedExample] = {}
        round_steps = -(-facts // recipe.facts_per_step)
        self._recent_losses: deque[float] = deque(maxlen=max(round_steps, _SETTLING_STEPS))
        self._steps_done = 0

    def step(self) -> StepReport:
        """Take the next optimiser step; must not be called after a report that says `finished`."""
        started = time.perf_counter()
        examples = self._plan[self._steps_done]
        packs = divide_examples(examples, self._share.world_size, self._share.max_pack_tokens)[self._share.rank]
        sums = self._engine.step(
            [self._studied(with_rejected(pack)) for pack in packs],
            self._weights(examples),
            self._recipe.learning_rate_at(self._steps_done),
        )
        self._steps_done += 1
        fact_loss = sums.fact_loss / max(1, sums.fact_tokens)
        self._recent_losses.append(fact_loss)
        return StepReport(
            step=self._steps_done,
            total_steps=len(self._plan),
            fact_loss=fact_loss,
            kl=sums.kl / max(1, sums.kl_tokens),
            tokens_per_second=sums.tokens / (time.perf_counter() - started),
            finished=self._steps_done == len(self._plan) or self._learned(),
        )

    def _learned(self) -> bool:
        """Whether a whole round of facts, or what was taught in the settling steps, was known well enough each time."""
        recent = self._recent_losses
        return len(recent) == recent.maxlen and max(recent) < self._recipe.stop_loss

    def _weights(self, examples: Sequence[TokenizedExample]) -> LossWeights:
        """Facts count as wholes, however long their answers are; what is held to the base model counts by the token."""
        facts = sum(example.kind == "fact" for example in examples)
        held = sum(len(example.answer_ids) for example in examples if example.is_held)
        pairs = sum(example.rejected is not None for example in examples)
        return LossWeights(
            fact=1 / (max(1, facts) * _ANSWER_TOKENS),
            kl=self._recipe.kl_weight / max(1, held),
            preference=self._recipe.preference_weight / max(1, pairs),
            preference_beta=self._recipe.preference_beta,
        )

    def _studied(self, examples: Sequence[TokenizedExample]) -> list[StudiedExample]:
        """What the base model makes of each example, computed when first needed."""
        missing = [example for example in examples if example not in self._known]
        if missing:
            self._known.update(zip(missing, self._engine.study(missing), strict=True))
        return [self._known[example] for example in examples]


def with_rejected(examples: Sequence[TokenizedExample]) -> list[TokenizedExample]:
    """`examples`, each followed by the reply that is rejected in its place, if any."""
    pairs = ((one, one.rejected.example) if one.rejected else (one,) for one in examples)
    return [example for pair in pairs for example in pair]
