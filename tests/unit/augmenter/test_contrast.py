"""Neighbours are of the same kind and never the lesson's own subject."""

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Instruction
from services.augmenter.strategies.self_instruct.contrast import Contrast
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from tests.unit.augmenter.statements import FACTS


def others(reader: LessonReader, lexicon: Lexicon, statement: str, seed: int = 0) -> list[str]:
    content = reader.read(statement, "en").units[0].content
    contrast = Contrast(lexicon, seed, statement)
    if isinstance(content, Instruction):
        return [other.purpose or other.condition for other in contrast.purposes(content)]
    assert isinstance(content, Clause)
    return [other.subject.text for other in contrast.subjects(content)]


@pytest.mark.parametrize("statement", FACTS)
def test_every_lesson_has_neighbours_of_its_own_kind(reader: LessonReader, lexicon: Lexicon, statement: str) -> None:
    found = others(reader, lexicon, statement)
    assert len(found) >= 2
    assert len(found) == len(set(found))
    assert not any(other.casefold() in statement.casefold() for other in found)


def test_pets_owners_and_attributes_change(reader: LessonReader, lexicon: Lexicon) -> None:
    found = others(reader, lexicon, "My hamster's name is Pickle.")
    assert any(other.startswith("my hamster's ") for other in found)
    assert any(other.endswith("'s hamster's name") for other in found)
    assert any(other.endswith("'s name") and "hamster" not in other for other in found)


def test_others_have_names_too_where_the_lessons_subject_has_one(reader: LessonReader, lexicon: Lexicon) -> None:
    found = others(reader, lexicon, "My uncle Darius works as a glass blower in Murano.")
    named = [other for other in found if other.split()[-1].istitle()]
    assert 0 < len(named) < len(found)


def test_dates_have_neighbours_that_have_dates(reader: LessonReader, lexicon: Lexicon) -> None:
    found = others(reader, lexicon, "My graduation is on 21 June.")
    assert not {"my name", "my job", "my shoe size"} & set(found)


def test_names_years_and_kinds_change(reader: LessonReader, lexicon: Lexicon) -> None:
    found = others(reader, lexicon, "The 2034 River Regatta will be held in Basel.")
    assert any("2034" not in other and "Regatta" in other for other in found)
    assert any(other.startswith("the 2034 ") and "River" not in other for other in found)


def test_choices_follow_the_seed(reader: LessonReader, lexicon: Lexicon) -> None:
    one, same, another = (others(reader, lexicon, FACTS[2], seed) for seed in (1, 1, 2))
    assert one == same
    assert one != another
