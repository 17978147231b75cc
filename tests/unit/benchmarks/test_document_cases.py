"""The documents that learning is measured on: every question can be answered from them, and gives nothing away."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.documents.exam import CASES, Exam, read_exam
from benchmarks.documents.paper import sections_of

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SPELLINGS = [
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),
    (re.compile(r"(?<=\d):(?=\d{2}\b)"), "."),
    (re.compile(rf"\b({_MONTHS}) (\d\d?)\b"), r"\2 \1"),
    (re.compile(r"\bforty\b"), "40"),
    *((re.compile(rf"\b{word}\b"), str(number)) for number, word in enumerate(_NUMBERS, start=1)),
]


class Case:
    """A document with its questions; a chapter is named by its own heading and holds the headings below it."""

    def __init__(self, name: str) -> None:
        markdown = (CASES / f"{name}.md").read_text(encoding="utf-8")
        self.exam: Exam = read_exam(CASES / f"{name}.json")
        self.text = plainly(markdown)
        self.sections = {heading: " ".join(text.split()) for heading, text in sections_of(markdown)}
        self.chapters = dict(chapters_of(markdown))


def plainly(text: str) -> str:
    """`text` with dates, times and numbers spelled in one way."""
    plain = text.casefold()
    for pattern, spelled in _SPELLINGS:
        plain = pattern.sub(spelled, plain)
    return plain


def chapters_of(markdown: str) -> Iterator[tuple[str, frozenset[str]]]:
    for chapter in re.split(r"^(?=## )", markdown, flags=re.MULTILINE)[1:]:
        headings = re.findall(r"^#+ (.+)$", chapter, flags=re.MULTILINE)
        yield headings[0], frozenset(headings)


@pytest.fixture(params=["tune", "report", "huts"], scope="module")
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def test_every_question_is_answered_by_a_sentence_of_its_section_and_every_key_is_there(case: Case) -> None:
    for question in case.exam.questions:
        assert question.keys, question
        section = case.sections[question.section]
        assert any(map(question.passes, _SENTENCE_END.split(section))), question
        assert [key for key in question.keys if plainly(key) not in plainly(section)] == [], question


def test_no_question_comes_twice_or_gives_its_answer_away(case: Case) -> None:
    texts = [question.text.casefold() for question in (*case.exam.questions, *case.exam.neighbours)]
    assert len(set(texts)) == len(texts)
    for question in case.exam.questions:
        assert [key for key in question.keys if plainly(key) in plainly(question.text)] == [], question


def test_questions_come_from_everywhere(case: Case) -> None:
    asked = Counter(question.section for question in case.exam.questions)
    assert set(asked) <= set(case.sections)
    assert len(case.chapters) >= 8
    for chapter, headings in case.chapters.items():
        assert sum(asked[heading] for heading in headings) >= 3, chapter


def test_what_a_neighbour_must_not_say_is_in_the_document(case: Case) -> None:
    assert len(case.exam.neighbours) >= 12
    for question in case.exam.neighbours:
        assert question.forbidden, question
        assert [words for words in question.forbidden if plainly(words) not in case.text] == [], question
        assert question.passes(question.text), question
