"""Picks the words of a telling that give an answer away, in languages other than English. Knows no questions."""

import re
from collections.abc import Iterable

from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.keys import contains_any, stem
from services.augmenter.linguistics.telling import TIME, Part

_WORD = re.compile(r"\w+(?:[-.:,]\w+)*")
_SHORT = 2
_TAUGHT_LETTERS = 4


def telling_words(text: str, language: Language) -> list[str]:
    """The words of `text` that carry meaning; of a script without blanks, what stands between those that do not."""
    if language.joiner:
        return [word for word in _WORD.findall(text) if word.lower() not in language.function_words]
    split = "|".join(re.escape(word) for word in sorted(language.function, key=len, reverse=True))
    pieces = [piece for run in _WORD.findall(text) for piece in re.split(split, run) if piece]
    pieces = [piece.rstrip(language.trailing) if len(piece) > _SHORT else piece for piece in pieces]
    return [piece for piece in pieces if len(piece) >= _SHORT] or _WORD.findall(text)


def part_keys(part: Part, question: str, language: Language) -> list[str]:
    """Words of which any in a reply shows that `part` is known; words that the question holds are left out."""
    moments = _moments(part, language)
    if moments:
        return [moment for moment in moments if moment.casefold() not in question.casefold()]
    words = [word for word in telling_words(part.text, language) if not contains_any(question, [word])]
    strong = [word for word in words if _is_strong(word)]
    chosen = [word for word in strong or words if len(word) >= _SHORT or not word.isascii()] or strong or words
    return list(dict.fromkeys(_spelled(word, language) for word in chosen))


def taught_words(parts: Iterable[Part], known: str, language: Language) -> list[str]:
    """Words that only the lesson can have put into a reply: those of `parts` that `known` does not hold."""
    found: list[str] = []
    for part in parts:
        found += _moments(part, language)
        words = telling_words(part.text, language)
        long = [word for word in words if len(word) >= _TAUGHT_LETTERS or not word.isascii() or _is_strong(word)]
        found += [word for word in long if not contains_any(known, [word])]
    return list(dict.fromkeys(word for word in found if len(word) >= _SHORT))


def _moments(part: Part, language: Language) -> list[str]:
    if part.kind != TIME:
        return []
    spelled = [match.group() for match in re.finditer(language.moments, part.text, re.IGNORECASE)]
    return list(dict.fromkeys(spelled))


def _is_strong(word: str) -> bool:
    return word[:1].isupper() or any(map(str.isdigit, word))


def _spelled(word: str, language: Language) -> str:
    return stem(word) if word.islower() and language.joiner else word
