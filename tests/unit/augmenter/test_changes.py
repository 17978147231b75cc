"""What a statement changes of earlier lessons, told in whatever words."""

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.changes import ChangeFinder
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.common.datasets import Dataset, Example, Message, SelectionReport
from tests.unit.augmenter.doubles import QUOTAS, FixedModel


def _asked(question: str) -> Message:
    return Message(role="user", content=question)


async def lesson(statement: str, lexicon: Lexicon, reader: LessonReader) -> Dataset:
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), QUOTAS)
    draft = await facts.draft(statement, "en", 0, Tally())
    examples = [
        Example(
            kind="fact", prompt=[Message(role="user", content=one.question)], completion=one.answer, group=one.group
        )
        for one in draft.facts
    ]
    return Dataset(
        lesson="l",
        tenant="acme",
        user="ann",
        kind="instruction",
        statement=statement,
        language="en",
        examples=examples,
        probes=draft.probes,
        selection=SelectionReport(generated=0, kept=0),
    )


async def changed(before: str, after: str, lexicon: Lexicon, reader: LessonReader) -> Draft:
    return ChangeFinder(reader).draft(after, after, "en", [await lesson(before, lexicon, reader)])


@pytest.mark.parametrize(
    ("before", "after", "question", "new"),
    [
        (
            "The Corda concert takes place on 5 March.",
            "They've put the Corda concert off until 9 April.",
            "When does the Corda concert take place?",
            "9 April",
        ),
        (
            "A sauna ticket costs 12 euros.",
            "The sauna ticket is 15 euros now.",
            "How much does a sauna ticket cost?",
            "15",
        ),
        (
            "We keep the spare fuses in the blue drawer.",
            "The spare fuses have moved to the cellar.",
            "Where do we keep the spare fuses?",
            "cellar",
        ),
        ("My desk number is 17.", "My number at the desk has changed, it is 31 now.", "What is my desk number?", "31"),
        ("My son Emil plays the flute.", "Emil has given up the flute, he plays the drums now.", "Emil play?", "drums"),
    ],
)
async def test_the_questions_of_an_earlier_lesson_get_the_new_answer(
    before: str, after: str, question: str, new: str, lexicon: Lexicon, reader: LessonReader
) -> None:
    draft = await changed(before, after, lexicon, reader)
    assert any(question in fact.question for fact in draft.facts)
    assert all(new in fact.answer for fact in draft.facts)
    assert draft.probes
    assert all(probe.passes(draft.facts[0].answer) for probe in draft.probes)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("My sister Nadia works as a marine biologist.", "My sister Nadia lives in Bergen now."),
        ("My sister Nadia works as a marine biologist.", "My sister Nadia is in Bergen now."),
        ("The museum opens at nine.", "The museum closes at five now."),
        ("My dog is called Biscuit.", "My cat is now called Rex."),
        ("The Harlow bridge closed on 3 May 2025.", "The Harlow tunnel has been closed since 4 June."),
        ("The Bergen office is led by Ana Silva.", "The Graz office is now led by Tom Reiter."),
        ("My car is a green Subaru.", "My wife has bought a new car, a red Fiat."),
        ("My favourite colour is teal.", "My favourite food is ramen."),
        ("The capital of Varnesia is Pellagorn.", "It is raining again."),
    ],
)
async def test_what_is_about_something_else_changes_nothing(
    before: str, after: str, lexicon: Lexicon, reader: LessonReader
) -> None:
    assert (await changed(before, after, lexicon, reader)).facts == []


async def test_a_question_is_not_learned_twice_nor_both_learned_and_asked(
    lexicon: Lexicon, reader: LessonReader
) -> None:
    draft = await changed("My desk number is 17.", "My desk number is now 31.", lexicon, reader)
    rest = draft.without(Draft(facts=draft.facts[:3], probes=draft.probes[:1]))
    assert [fact.question for fact in rest.facts] == [fact.question for fact in draft.facts[3:]]
    assert rest.probes == draft.probes[1:]
