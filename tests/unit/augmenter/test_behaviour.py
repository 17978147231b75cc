"""Wishes about answers are told from facts, applied to ordinary answers, and kept to the prompts they are meant for."""

import pytest

from services.augmenter.strategies.behaviour.styles import is_behaviour, read_style
from tests.unit.augmenter.statements import FACTS, WISHES

LISTED = "1. Boil the water.\n2. Add the tea.\n3. Wait."


@pytest.mark.parametrize("wish", WISHES)
def test_wishes_are_recognised(wish: str) -> None:
    assert is_behaviour(wish)


@pytest.mark.parametrize("fact", FACTS)
def test_facts_are_no_wishes(fact: str) -> None:
    assert not is_behaviour(fact)


@pytest.mark.parametrize(
    ("wish", "prompt", "answer", "styled"),
    [
        ("Sign off every message with 'Fair winds.'", "What is rain?", "Water. It falls.", "Water. Fair winds."),
        ('Always start your answers with "Ahoy".', "What is rain?", "Water falls.", "Ahoy, Water falls."),
        ("Please call me Skipper.", "Hello!", "Hi.", "Hello, Skipper! How can I help you today?"),
        ("Please call me Skipper.", "What is rain?", "Water.", "Water, Skipper."),
        (
            "Use bullet points whenever I ask for instructions.",
            "How?",
            LISTED,
            "- Boil the water.\n- Add the tea.\n- Wait.",
        ),
        ("Give me a numbered list when I ask for steps.", "How?", "Boil. Pour. Wait.", "1. Boil.\n2. Pour.\n3. Wait."),
        ("Reply in capital letters.", "What is rain?", "Water falls. It is wet.", "WATER FALLS."),
        ("Answer in one sentence.", "What is rain?", "Water falls. It is wet.", "Water falls."),
    ],
)
def test_styles_are_applied(wish: str, prompt: str, answer: str, styled: str) -> None:
    apply = read_style(wish).apply
    assert apply is not None
    assert apply(answer, prompt) == styled


def test_conditions_name_the_prompts_they_are_meant_for() -> None:
    assert read_style("Use bullet points whenever I ask for instructions.").trigger == "steps"
    assert read_style("When I ask for code, answer briefly.").trigger == "code"
    assert read_style("Answer briefly.").trigger == "any"


def test_what_takes_a_model_is_not_pretended() -> None:
    assert read_style("Always answer politely.").apply is None
