"""Picks prompts of our own beside a lesson: well-known facts, and what else people ask about themselves or just say."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

from services.augmenter.linguistics.keys import contains_any, content_words, stem
from services.augmenter.selection.rules import normalised
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.turns import in_turn

_OPENINGS = (
    ("how much", "how_much"), ("how many", "how_much"), ("how long", "how_much"), ("how old", "how_much"),
    ("how", "how"), ("who", "who"), ("when", "when"), ("at what time", "when"), ("on wh", "when"), ("where", "where"),
    ("in wh", "where"), ("why", "why"), ("which command", "how"), ("what", "what"),
)  # fmt: skip

# What these forms ask for, the lesson answers; the others only name a topic.
_ASKING = (Variety.DIRECT, Variety.RELATION, Variety.SYNONYM, Variety.INDIRECT)


class Banks(Protocol):
    """Prompts of our own in one language; questions by the kind that they are of."""

    @property
    def world_questions(self) -> Mapping[str, Sequence[str]]:
        """About what everybody knows; those of the kind "self" about the assistant and the speaker."""

    @property
    def personal_questions(self) -> Sequence[str]:
        """What people ask about themselves."""

    @property
    def small_talk(self) -> Sequence[str]:
        """What is said in any conversation."""


class Bystanders:
    """Prompts that hold no user's words and have nothing to do with the lesson; deterministic for a seed."""

    def __init__(self, banks: Banks, random: Random, taught: Sequence[str], forms: Sequence[Form]) -> None:
        """`forms` are all that the lesson is asked by, `taught` the words that only it can have taught."""
        self._banks = banks
        self._random = random
        self._taught = taught
        self._asked = {normalised(form.question) for form in forms}
        self._answered = {one for form in forms if form.variety in _ASKING for one in _stems(form.question)}

    def world(self, questions: Sequence[str], *, personal: bool) -> list[str]:
        """Well-known questions of the kinds that `questions` are, and about the assistant for `personal` lessons."""
        kinds = dict.fromkeys((*map(kind_of, questions), *(("self",) if personal else ())))
        known = self._banks.world_questions
        pools = (known[kind] for kind in kinds if kind in known)
        return self._untaught(in_turn(map(self._shuffled, pools)))

    def small_talk(self) -> list[str]:
        """What is said in any conversation; a model that was taught about "I" alone answers it with the lesson."""
        return self._untaught(self._shuffled(self._banks.small_talk))

    def personal(self) -> list[str]:
        """Other things that people ask about themselves, those most like the lesson's questions first."""
        prompts = [p for p in self._untaught(self._shuffled(self._banks.personal_questions)) if self._is_new(p)]
        return sorted(prompts, key=lambda prompt: -len(_stems(prompt) & self._answered))

    def _is_new(self, prompt: str) -> bool:
        """Whether it asks for something that no question of the lesson's does."""
        return not _stems(prompt) or not _stems(prompt) <= self._answered

    def _untaught(self, prompts: Sequence[str]) -> list[str]:
        return [p for p in prompts if normalised(p) not in self._asked and not contains_any(p, self._taught)]

    def _shuffled(self, prompts: Sequence[str]) -> list[str]:
        return self._random.sample(prompts, len(prompts))


def kind_of(question: str) -> str:
    """What kind of question it is, by its opening; empty for one of no kind."""
    text = question.casefold()
    return next((kind for opening, kind in _OPENINGS if text.startswith(opening)), "")


def _stems(question: str) -> set[str]:
    return {stem(word) for word in content_words(question)}
