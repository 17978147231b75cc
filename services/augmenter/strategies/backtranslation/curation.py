"""Self-curation: the base model itself says which pairs of question and answer are worth learning.

Li et al. (arXiv 2308.06259, section 2.3) let the model grade each pair from 1 to 5, which a small model cannot. Here a
pair's grade is by how much likelier its answer becomes, to the same model, with the passage at hand: what it knows
already, what it would guess, and what the passage does not support gains nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.augmenter.teacher.model import BaseModel, ScoredItem
from services.common.datasets import Message

# Few enough that a busy machine scores them well within the time that one call may take.
_MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, its answer, and the passage that tells it."""

    passage: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Grade:
    """fit: log-probability of the answer with the passage at hand; gain: by how much that is more than without."""

    fit: float
    gain: float


async def grade(model: BaseModel, pairs: Sequence[Pair]) -> list[Grade]:
    """The grade of each pair, in nats per token of the answer."""
    grades: list[Grade] = []
    for start in range(0, len(pairs), _MOST_AT_ONCE):
        some = pairs[start : start + _MOST_AT_ONCE]
        items = [_item(f"{pair.passage}\n\n{pair.question}", pair.answer) for pair in some]
        items += [_item(pair.question, pair.answer) for pair in some]
        scores = await model.score(items)
        grades += [Grade(w, w - wo) for w, wo in zip(scores[: len(some)], scores[len(some) :], strict=True)]
    return grades


def _item(prompt: str, completion: str) -> ScoredItem:
    return ScoredItem((Message(role="user", content=prompt),), completion)
