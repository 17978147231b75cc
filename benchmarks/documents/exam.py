"""Questions about documents, and how replies are judged. Knows nothing of platforms."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.augmenter.linguistics.keys import content_words, stem

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Question:
    """A right reply holds one of `keys`, where there are any, and none of `forbidden`; case is ignored."""

    text: str
    keys: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    section: str = ""

    def passes(self, reply: str) -> bool:
        """Whether `reply` is right."""
        said = reply.casefold()
        if any(key.casefold() in said for key in self.forbidden):
            return False
        return not self.keys or any(key.casefold() in said for key in self.keys)

    def is_told_by(self, sentences: Sequence[str]) -> bool:
        """Whether one of `sentences` holds an answer, and is about something that the question names.

        A key alone is not enough: "2032" is said of more than one thing, and "Arden" stands in "warden".
        """
        named = _stems(self.text)
        return any(self._is_answered_in(sentence) and named & _stems(sentence) for sentence in sentences)

    def _is_answered_in(self, sentence: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(key)}", sentence, re.IGNORECASE) for key in self.keys)


@dataclass(frozen=True)
class Exam:
    """Questions that the documents answer, and neighbours that they do not."""

    questions: tuple[Question, ...]
    neighbours: tuple[Question, ...] = ()

    def share(self, answer: Callable[[Question], str], asked: Sequence[Question]) -> float:
        """The share of `asked` that `answer` answers rightly; 0 where nothing is asked."""
        return sum(question.passes(answer(question)) for question in asked) / max(1, len(asked))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}


def read_exam(path: Path) -> Exam:
    """The questions of one file."""
    found: Any = json.loads(path.read_text(encoding="utf-8"))
    return Exam(
        tuple(Question(one["q"], tuple(one["keys"]), section=one.get("section", "")) for one in found["questions"]),
        tuple(Question(one["q"], forbidden=tuple(one["forbidden"])) for one in found.get("neighbours", [])),
    )
