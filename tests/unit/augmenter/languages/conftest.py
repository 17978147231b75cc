"""Drafts of statements in other languages than English, as the augmenter makes them."""

from collections.abc import Awaitable, Callable

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.language import guess_language
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from tests.unit.augmenter.doubles import QUOTAS, FixedModel

Drafted = Callable[[str], Awaitable[Draft]]


@pytest.fixture(scope="session")
def drafted(lexicon: Lexicon, reader: LessonReader) -> Drafted:
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), QUOTAS)

    async def draft(statement: str) -> Draft:
        return await facts.draft(statement, guess_language(statement), 0, Tally())

    return draft
