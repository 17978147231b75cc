"""Takes out of lessons what later ones say otherwise, so that it is neither rehearsed nor asked. Trains nothing."""

import re
from collections.abc import Iterable, Sequence

from services.common.datasets import Dataset, Example

_WORD = re.compile(r"\w+(?:[-.:]\w+)*")
# Questions that only name a topic may be answered with one thing as well as with another.
_OPEN = ".topic"
_FUNCTION_WORDS = frozenset(
    (
        "a", "an", "the", "this", "that", "these", "those", "i", "me", "my", "you", "your", "we", "us", "our", "he",
        "him", "his", "she", "her", "it", "its", "they", "them", "their", "is", "are", "was", "were", "be", "been",
        "am", "do", "does", "did", "has", "have", "had", "of", "to", "at", "in", "on", "for", "by", "with", "from",
        "as", "and", "or", "there", "now", "s",
    )
)  # fmt: skip


def corrected(lessons: Sequence[Dataset]) -> list[Dataset]:
    """`lessons`, oldest first, each without the examples and probes that hold what a later one has changed."""
    return [_without(lesson, _outdated(lesson, lessons[number:])) for number, lesson in enumerate(lessons, start=1)]


def _outdated(lesson: Dataset, later: Iterable[Dataset]) -> set[str]:
    """Words of the lesson's answers that the answers of later ones to the same questions no longer hold."""
    now: dict[frozenset[str], set[str]] = {}
    for other in later:
        for fact in _particular(other):
            now[_meaning(fact)] = _words(fact.completion)
    found: set[str] = set()
    for fact in _particular(lesson):
        answer = now.get(_meaning(fact))
        if answer is not None:
            found |= _words(fact.completion) - answer - _words(_question(fact)) - _FUNCTION_WORDS
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


def _meaning(fact: Example) -> frozenset[str]:
    """What a question asks, whatever its order: "my office extension" is "my extension at the office"."""
    return frozenset(_words(_question(fact)) - _FUNCTION_WORDS)


def _question(fact: Example) -> str:
    return fact.prompt[-1].content


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
