"""The rules a candidate must pass: grounded, not a duplicate, of sensible length, in the lesson's language."""

import re
from collections.abc import Collection

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.languages import find_language
from services.augmenter.linguistics.keys import contains_any, stem
from services.augmenter.linguistics.language import guess_language
from services.augmenter.selection.tally import Reason

_MAX_QUESTION_WORDS = 40
_MAX_ANSWER_WORDS = 90
_MIN_QUESTION_LETTERS = 6
_NEAR_DUPLICATE = 0.85
_ASKING = re.compile(
    r"\?|^(?:tell|remind|give|explain|describe|define|state|name|list|show|complete|please|repeat|recall|say)\b"
    r"|\bhelp\b|\bneed to know\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[{}<>|\\]|\.\.")
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|we|us|our|ours)\b", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\byours?\b|\b(?:are|were|do|did) you\b(?! (?:know|remember|recall|tell))", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
_NUMBER = re.compile(r"\d[\d.,:]*\d|\d")
_NUMBER_OR_NAME = re.compile(r"\d[\d.,:]*\d|\d|(?<=[a-z,] )[A-Z][\w-]+")


def normalised(text: str) -> str:
    """The words of `text`, lower case, without punctuation."""
    return " ".join(_WORDS.findall(text.casefold()))


class Selector:
    """Judges candidates of one lesson one after another; remembers what it kept."""

    def __init__(self, statement: str, language: str, lexicon: Lexicon) -> None:
        self._statement = statement
        self._language = language
        self._lexicon = lexicon
        known = find_language(language)
        self._capitals = known is not None and known.nouns_are_capitalised
        self._kept: list[frozenset[str]] = []
        self._seen: set[str] = set()

    def judge_question(self, question: str, expected: Collection[str], *, may_tell: bool = False) -> Reason | None:
        """Why `question` is no good, or None; `may_tell` allows questions that hold the answer, to be confirmed."""
        words = question.split()
        if len(words) > _MAX_QUESTION_WORDS:
            return Reason.TOO_LONG
        if self._language == "en" and sum(map(str.isalpha, question)) < _MIN_QUESTION_LETTERS:
            return Reason.TOO_SHORT
        if self._language == "en" and not _ASKING.search(question):
            return Reason.NOT_A_QUESTION
        if not may_tell and expected and contains_any(question, expected):
            return Reason.GIVES_ANSWER_AWAY
        return None

    def judge_answer(self, answer: str, expected: Collection[str]) -> Reason | None:
        """Why `answer` is no good, or None: it must hold a telling word and no number or name of its own."""
        if len(answer.split()) > _MAX_ANSWER_WORDS:
            return Reason.TOO_LONG
        if self._language == "en" and guess_language(answer) != "en":
            return Reason.LANGUAGE
        if expected and not contains_any(answer, expected):
            return Reason.NOT_GROUNDED
        source = self._statement.casefold()
        # Where every noun has a capital, a capital shows no name.
        names = _NUMBER if self._capitals else _NUMBER_OR_NAME
        own = [word for word in names.findall(answer) if stem(word) not in source]
        return Reason.NOT_GROUNDED if own else None

    def judge_paraphrase(self, question: str, original: str, about: Collection[str]) -> Reason | None:
        """Why a question that a teacher wrote for `original` is no good.

        It must be one question, asked by the same person, share a word with the lesson and add no name of its own.
        """
        if self._language == "en" and guess_language(question) != "en":
            return Reason.LANGUAGE
        if question.count("?") > 1 or not question.endswith(("?", ".")) or _MARKUP.search(question):
            return Reason.MALFORMED
        if _persons(question) != _persons(original):
            return Reason.PERSPECTIVE
        source = self._statement.casefold()
        foreign = [word for word in _NUMBER_OR_NAME.findall(question) if stem(word) not in source]
        if foreign or not contains_any(question, about):
            return Reason.NOT_GROUNDED
        return None

    def admit(self, question: str) -> Reason | None:
        """Remember `question`, or tell that the same or nearly the same was kept before."""
        text = normalised(question)
        if text in self._seen:
            return Reason.DUPLICATE
        words = frozenset(text.split())
        if any(_overlap(words, other) > _NEAR_DUPLICATE for other in self._kept):
            return Reason.NEAR_DUPLICATE
        self._seen.add(text)
        self._kept.append(words)
        return None


def _persons(text: str) -> tuple[bool, bool]:
    """Whether `text` speaks of its speaker, and of whom the assistant's things are."""
    return bool(_FIRST_PERSON.search(text)), bool(_SECOND_PERSON.search(text))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
