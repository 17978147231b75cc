"""Takes out of lessons what later ones say otherwise, so that it is neither rehearsed nor asked. Trains nothing."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from services.common.datasets import Dataset, Example

_WORD = re.compile(r"\w+(?:[-.:]\w+)*")
# Questions that only name a topic may be answered with one thing as well as with another.
_OPEN = ".topic"
_LISTS = Path(__file__).parent / "function_words.json"
# Scripts without blanks between words: of these every two neighbouring signs count as a word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")


def corrected(lessons: Sequence[Dataset]) -> list[Dataset]:
    """`lessons`, oldest first, each without the examples and probes that hold what a later one has changed."""
    return [_without(lesson, _outdated(lesson, lessons[number:])) for number, lesson in enumerate(lessons, start=1)]


def _outdated(lesson: Dataset, later: Iterable[Dataset]) -> set[str]:
    """Words of the lesson's answers that the answers of later ones to the same questions no longer hold."""
    now: dict[frozenset[str], set[str]] = {}
    for other in later:
        for fact in _particular(other):
            now[_meaning(fact, other.language)] = _words(fact.completion)
    found: set[str] = set()
    for fact in _particular(lesson):
        answer = now.get(_meaning(fact, lesson.language))
        if answer is not None:
            told = _words(fact.completion) - _words(_question(fact))
            found |= told - answer - _function_words(lesson.language)
    return found


def _without(lesson: Dataset, outdated: set[str]) -> Dataset:
    if not outdated:
        return lesson
    examples = [one for one in lesson.examples if one.kind != "fact" or not _words(one.completion) & outdated]
    probes = [
        probe
        for probe in lesson.probes
        if probe.kind != "recall" or not any(_words(expected) & outdated for expected in probe.expected)
    ]
    return lesson.model_copy(update={"examples": examples, "probes": probes})


def _particular(lesson: Dataset) -> list[Example]:
    return [one for one in lesson.examples if one.kind == "fact" and _OPEN not in one.group]


def _meaning(fact: Example, language: str) -> frozenset[str]:
    """What a question asks, whatever its order: "my office extension" is "my extension at the office"."""
    return frozenset(_words(_question(fact)) - _function_words(language))


def _question(fact: Example) -> str:
    return fact.prompt[-1].content


def _words(text: str) -> set[str]:
    words = {word.casefold() for word in _WORD.findall(_UNSPACED.sub(" ", text))}
    return words.union(*(_pairs(run) for run in _UNSPACED.findall(text)))


def _pairs(run: str) -> set[str]:
    return {run[at : at + 2] for at in range(max(len(run) - 1, 1))}


@cache
def _function_words(language: str) -> frozenset[str]:
    """Words of a language that no answer is told from another by; none of one that nothing is known of."""
    lists: dict[str, list[str]] = json.loads(_LISTS.read_text(encoding="utf-8"))
    return frozenset(lists.get(language, ()))
