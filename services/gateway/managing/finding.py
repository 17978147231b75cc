"""Finds the lessons that a user speaks of, by shared words and by meaning. Knows nothing of what is done with them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.intents import SentenceEncoder

# A lesson is meant when it shares this much of the topic's words, or lies this close to it.
_SHARED_ENOUGH = 0.5
_CLOSE_ENOUGH = 0.5
# Others that are nearly as likely as the best are offered too.
_NEARLY = 0.2
_LEAST_SHARED_BEGINNING = 4
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Described:
    """A lesson and what it says."""

    lesson: str
    words: str


class LessonFinder:
    """Compares a topic with lessons."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder

    def find(self, topic: Sequence[str], lessons: Sequence[Described]) -> list[str]:
        """Ids of the lessons that `topic`, words in lower case, may mean, likeliest first; blocks while it computes."""
        if not topic or not lessons:
            return []
        asked = self._encoder.encode([" ".join(topic)])[0]
        scores: dict[str, float] = {}
        for lesson in lessons:
            shared = _shared(topic, lesson.words)
            close = float(asked @ self._encoder.encode([lesson.words])[0])
            if shared >= _SHARED_ENOUGH or close >= _CLOSE_ENOUGH:
                scores[lesson.lesson] = shared + close
        ranked = sorted(scores, key=lambda lesson: -scores[lesson])
        return [lesson for lesson in ranked if scores[lesson] >= scores[ranked[0]] - _NEARLY]


def _shared(topic: Sequence[str], words: str) -> float:
    """The share of the topic's words that `words` has too, perhaps with another ending."""
    known = _WORD.findall(words.casefold())
    return sum(any(_same(word, other) for other in known) for word in topic) / len(topic)


def _same(word: str, other: str) -> bool:
    if _UNSPACED.search(word):
        return word in other
    least = max(_LEAST_SHARED_BEGINNING, round(0.7 * max(len(word), len(other))))
    return word == other or (len(word) >= least and len(other) >= least and word[:least] == other[:least])
