"""Finds the lessons that a user speaks of, by shared words and by meaning. Knows nothing of what is done with them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.intents import SentenceEncoder

# A lesson may be meant when it shares this much of the topic's words, or lies this close to it. Unrelated ones lie at
# 0.3 at most; a wrong one costs a "no", because nothing is forgotten before it was shown.
_SHARED_ENOUGH = 0.5
_CLOSE_ENOUGH = 0.33
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
    """The share of the topic's words that `words` has too, perhaps with another ending.

    Of scripts without spaces, the pairs of characters are compared.
    """
    text = words.casefold()
    known = _WORD.findall(text)
    shares = []
    for word in topic:
        if _UNSPACED.search(word):
            pairs = [word[at : at + 2] for at in range(max(1, len(word) - 1))]
            shares.append(sum(pair in text for pair in pairs) / len(pairs))
        else:
            shares.append(float(any(_same(word, other) for other in known)))
    return sum(shares) / len(shares)


def _same(word: str, other: str) -> bool:
    least = max(_LEAST_SHARED_BEGINNING, round(0.7 * max(len(word), len(other))))
    return word == other or (len(word) >= least and len(other) >= least and word[:least] == other[:least])
