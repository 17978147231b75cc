"""A later statement in the same language answers the questions of the earlier one anew, and the old answer goes."""

import pytest

from services.augmenter.linguistics.language import guess_language
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.changes import ChangeFinder
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.common.datasets import Dataset, Example, Message, SelectionReport
from services.trainer.corrections import corrected
from tests.unit.augmenter.languages.conftest import Drafted


def lesson(statement: str, draft: Draft) -> Dataset:
    return Dataset(
        lesson="l",
        tenant="acme",
        user="ann",
        kind="instruction",
        statement=statement,
        language=guess_language(statement),
        examples=[
            Example(
                kind="fact", prompt=[Message(role="user", content=one.question)], completion=one.answer, group=one.group
            )
            for one in draft.facts
        ],
        probes=draft.probes,
        selection=SelectionReport(generated=0, kept=0),
    )


CHANGES = [
    ("Meine Katze heißt Minka.", "Meine Katze heißt jetzt Tiger.", "Minka", "Tiger"),
    ("Der Code der Garage ist 5521.", "Der Code der Garage wurde auf 9034 geändert.", "5521", "9034"),
    ("Mon lapin s'appelle Caramel.", "Mon lapin s'appelle désormais Noisette.", "Caramel", "Noisette"),
    ("Le cours est le jeudi.", "Maintenant, le cours est le mardi.", "jeudi", "mardi"),
    ("Mi gata se llama Perla.", "Mi gata ahora se llama Nube.", "Perla", "Nube"),
    ("我的兔子叫团团。", "我的兔子现在叫圆圆。", "团团", "圆圆"),
]


@pytest.mark.parametrize(("before", "after", "old", "new"), CHANGES)
async def test_the_questions_of_the_earlier_lesson_get_the_new_answer(
    before: str, after: str, old: str, new: str, drafted: Drafted, reader: LessonReader
) -> None:
    earlier = lesson(before, await drafted(before))
    draft = ChangeFinder(reader).draft(after, after, guess_language(after), [earlier])
    assert draft.facts
    assert all(new in fact.answer and old not in fact.answer for fact in draft.facts)
    assert {fact.question for fact in draft.facts} <= {one.prompt[-1].content for one in earlier.examples}
    assert all(probe.passes(draft.facts[0].answer) and not probe.passes(before) for probe in draft.probes)


@pytest.mark.parametrize(("before", "after", "old", "new"), CHANGES)
async def test_the_old_answer_is_neither_rehearsed_nor_asked(
    before: str, after: str, old: str, new: str, drafted: Drafted, reader: LessonReader
) -> None:
    earlier = lesson(before, await drafted(before))
    later = await drafted(after)
    later.extend(ChangeFinder(reader).draft(after, after, guess_language(after), [earlier]).without(later))
    kept, _ = corrected([earlier, lesson(after, later)])
    assert not [one for one in kept.examples if old in one.completion]
    assert not [probe for probe in kept.probes if old in probe.expected]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Meine Katze heißt Minka.", "Mein Hund heißt jetzt Tiger."),
        ("Der Code der Garage ist 5521.", "Der Code der Haustür ist jetzt 9034."),
        ("Mon lapin s'appelle Caramel.", "Mon chien s'appelle désormais Noisette."),
        ("Mi gata se llama Perla.", "Mi vecina ahora se llama Nube."),
        ("我的兔子叫团团。", "我的狗现在叫圆圆。"),
        ("Meine Katze heißt Minka.", "Mi gata ahora se llama Nube."),
    ],
)
async def test_what_is_about_something_else_changes_nothing(
    before: str, after: str, drafted: Drafted, reader: LessonReader
) -> None:
    earlier = lesson(before, await drafted(before))
    assert ChangeFinder(reader).draft(after, after, guess_language(after), [earlier]).facts == []
