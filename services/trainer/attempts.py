"""Plans the trainings of one job: the first, and another where the gate is not satisfied. Trains nothing."""

import dataclasses
import math
from dataclasses import dataclass
from itertools import chain

from services.common.datasets import Dataset, Example
from services.trainer.gate.verdict import Verdict
from services.trainer.syllabus import Syllabus
from services.trainer.training.contract import TrainingTask

_MORE_STEPS = 1.5
# From weights that are nearly right, whole steps bring more drift than recall; measured in docs/benchmarks/learning.md.
_LESS_LEARNING_RATE = 0.5
_MOST_KL_WEIGHT = 100.0


@dataclass(frozen=True)
class Attempt:
    """One training of a job, and the steps that an earlier one has done."""

    number: int
    task: TrainingTask
    steps_before: int


def first_attempt(syllabus: Syllabus) -> Attempt:
    """Train with the job's recipe, from the parent's weights where there are any."""
    task = TrainingTask(
        lesson=tuple(chain.from_iterable(map(_examples, syllabus.taught))),
        earlier=tuple(tuple(part) for dataset in syllabus.earlier for part in dataset.parts()),
        recipe=syllabus.recipe,
        start_weights=syllabus.parent_weights,
        start_share=syllabus.recipe.parent_share,
    )
    return Attempt(number=1, task=task, steps_before=0)


def second_attempt(first: Attempt, weights: bytes, steps_done: int, verdict: Verdict) -> Attempt:
    """Another one, with other samples and half as many steps again, that does not stop early.

    What spoiled something else is trained anew with a mix that holds more of the rest in its place; what was only not
    learned well enough goes on in smaller steps from `weights`, the first one's result after `steps_done` steps.
    """
    recipe = first.task.recipe
    changes: dict[str, float] = {
        "seed": recipe.seed + 1,
        "max_steps": math.ceil(_MORE_STEPS * recipe.max_steps),
        "stop_loss": 0.0,
    }
    if verdict.spoiled:
        changes |= {
            "kl_weight": min(_MOST_KL_WEIGHT, 2 * recipe.kl_weight),
            "generals_per_step": recipe.generals_per_step + 1,
            "replay_per_step": 2 * recipe.replay_per_step,
        }
    else:
        changes["learning_rate"] = _LESS_LEARNING_RATE * recipe.learning_rate
    task = dataclasses.replace(first.task, recipe=recipe.model_copy(update=changes))
    if not verdict.spoiled:
        task = dataclasses.replace(task, start_weights=weights, start_share=1.0)
    return Attempt(number=2, task=task, steps_before=steps_done)


def _examples(dataset: Dataset) -> list[Example]:
    """The examples, with groups that no other lesson has."""
    return [one.model_copy(update={"group": f"{dataset.lesson}/{one.group}"}) for one in dataset.examples]
