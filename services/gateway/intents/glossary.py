"""Finds the notions that people use to talk about teaching, in nine languages. Knows nothing of whole messages.

What is learned from the wording of one language holds for the others through them.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

QUESTION = "question"
OTHER = "other"

_FILE = Path(__file__).with_name("glossary.txt")
_BEGINNING = "*"
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_REMEMBERED_WORDS = 20_000


def notions_in(text: str) -> list[tuple[str, ...]]:
    """For each word of `text`, in order, the notions that it may stand for; OTHER where there are none."""
    return [notions_of(match.group()) or (OTHER,) for match in _pattern().finditer(text.casefold())]


@lru_cache(maxsize=_REMEMBERED_WORDS)
def notions_of(word: str) -> tuple[str, ...]:
    """The notions that one word, in lower case, may stand for."""
    if word in "?？":
        return (QUESTION,)
    whole, beginnings = _entries()
    if word in whole:
        return tuple(whole[word])
    return tuple(dict.fromkeys(notion for start, notion in beginnings if word.startswith(start)))


@cache
def _entries() -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The notions of whole words, and beginnings of words with the notion of each."""
    whole, beginnings = defaultdict(list), []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        notion, _, words = line.partition(": ")
        for word in words.split():
            if word.endswith(_BEGINNING):
                beginnings.append((word.removesuffix(_BEGINNING), notion))
            else:
                whole[word].append(notion)
    return dict(whole), beginnings


@cache
def _pattern() -> re.Pattern[str]:
    """Matches the words of the glossary that are written without spaces, longest first, or any word, or a `?`."""
    unspaced = sorted((word for word in _entries()[0] if _UNSPACED.search(word)), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, unspaced), r"[^\W\d_]+", "[?？]"]))
