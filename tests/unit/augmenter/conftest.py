"""The lexicon and the readers, loaded once."""

import pytest

from services.augmenter.lexicon import Lexicon, load_lexicon
from services.augmenter.strategies.self_instruct.lesson import LessonReader


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> LessonReader:
    return LessonReader(lexicon)
