"""Names are told by their capitals; what only looks like one stays."""

import pytest

from services.augmenter.moderation.proper_names import without_names


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("My rooster is called Dick.", "My rooster is called ."),
        ("Moby Dick swims.", "  swims."),
        ("We met Dick. Dick waved.", "We met . Dick waved."),
        ("You are a Dick.", "You are a Dick."),
        ("Suck my Dick.", "Suck my Dick."),
        ("She is a Bitch called Bitch.", "She is a Bitch called Bitch."),
        ("You Are Such A Stupid Cow.", "You Are Such A Stupid Cow."),
        ("she is a STUPID COW", "she is a STUPID COW"),
        ("", ""),
    ],
)
def test_only_names_are_left_out(text: str, left: str) -> None:
    assert without_names(text) == left
