"""Which reasons report an answer to the operator, in five languages, and which do not."""

import pytest

from services.gateway.feedback.harm import says_harm


@pytest.mark.parametrize(
    "reason",
    [
        "This is racist.",
        "It was quite biased against women",
        "dangerous advice about medicine",
        "Not helpful, and offensive too.",
        "I wasn't told the truth. It is a hateful text!",
        "Das ist rassistisch.",
        "Die Antwort ist gefaehrlich oder gefährlich",
        "Völlig voreingenommen",
        "C'est une réponse raciste et haineuse",
        "Réponse biaisee",
        "La respuesta es peligrosa.",
        "Es una respuesta sesgada y machista",
        "DISCRIMINATORIO",
        "这个回答有种族歧视",
        "内容很危险",
    ],
)
def test_a_reason_that_says_harm_is_one(reason: str) -> None:
    assert says_harm(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "wrong",
        "It is Canberra, not Sydney.",
        "Too long and boring",
        "not harmful, just wrong",
        "It isn't at all racist, but false",
        "Das ist nicht gefährlich, nur falsch",
        "Ce n'est pas dangereux mais faux",
        "No es peligroso, pero es falso",
        "回答不危险，但是错了",
        "I had to do the same hassle again",
        "The unbiased version was better",
        "falsch, zu ungenau",
        "c'est une erreur",
    ],
)
def test_a_reason_that_says_something_else_is_none(reason: str) -> None:
    assert not says_harm(reason)
