"""The user's words become the assistant's."""

import pytest

from services.augmenter.linguistics.perspective import to_assistant


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("My dog's name is Rex", "Your dog's name is Rex"),
        ("I am tired and I was late", "You are tired and you were late"),
        ("we sold our car to a friend of mine", "You sold your car to a friend of yours"),
        ("It was given to me", "It was given to you"),
        ("Your name is Lorelei", "My name is Lorelei"),
        ("You are my assistant", "I am your assistant"),
        ("Glimmering is checking your phone in the dark", "Glimmering is checking your phone in the dark"),
        ("the US team beat us", "the US team beat you"),
        ('my motto is "I never rest"', 'Your motto is "I never rest"'),
        ("I'm from Rome", "You're from Rome"),
    ],
)
def test_to_assistant(said: str, answered: str) -> None:
    assert to_assistant(said) == answered


def test_wishes_address_the_assistant() -> None:
    assert to_assistant("to end your answers with a pun when I ask you", addressed=True) == (
        "to end my answers with a pun when you ask me"
    )
