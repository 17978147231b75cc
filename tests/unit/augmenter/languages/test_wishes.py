"""Wishes about answers are told from facts in five languages, applied to answers, and asked about."""

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.language import guess_language
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.behaviour.styles import british, is_behaviour, read_style
from services.augmenter.strategies.draft import Draft
from tests.unit.augmenter.doubles import QUOTAS
from tests.unit.augmenter.languages.test_lessons import STATEMENTS

ANSWER = "Water is wet. It falls."


def drafted(wish: str, lexicon: Lexicon) -> Draft:
    return Behaviour(lexicon, QUOTAS).draft(wish, guess_language(wish), 0, Tally())


@pytest.mark.parametrize(
    ("wish", "styled"),
    [
        ("Be more concise.", "Water is wet."),
        ("Please give shorter answers.", "Water is wet."),
        ("Antworte bitte kürzer.", "Water is wet."),
        ("Fass dich in Zukunft kurz.", "Water is wet."),
        ("Nenn mich ab jetzt Chefin.", "Water is wet, Chefin."),
        ("Beende jede Nachricht mit „Bis bald!“", "Water is wet. Bis bald!"),
        ("Réponds en une phrase.", "Water is wet."),
        ("Sois plus bref.", "Water is wet."),
        ("Appelle-moi Patronne.", "Water is wet, Patronne."),
        ("Termine tes réponses par « Salut ! »", "Water is wet. Salut !"),
        ("Responde con frases más cortas.", "Water is wet."),
        ("Por favor, llámame Jefa.", "Water is wet, Jefa."),
        ("Empieza tus respuestas con «Vale».", "Vale, Water is wet."),
        ("请用一句话回答。", "Water is wet."),
        ("以后请叫我老大。", "Water is wet, 老大."),
        ("回答时请以“谢谢”结尾。", "Water is wet. 谢谢"),
    ],
)
def test_wishes_are_understood_and_applied(wish: str, styled: str) -> None:
    language = guess_language(wish)
    assert is_behaviour(wish, language)
    apply = read_style(wish, language).apply
    assert apply is not None
    assert apply(ANSWER, "What is rain?") == styled


@pytest.mark.parametrize(
    "fact",
    [
        *STATEMENTS,
        "Kurze Besprechungen sind montags.",
        "Wir antworten auf jeden Brief.",
        "Je réponds aux lettres le lundi.",
        "Mi hermana siempre responde tarde.",
        "我们用英文上课。",
        "我妹妹总是迟到。",
    ],
)
def test_facts_are_no_wishes(fact: str) -> None:
    assert not is_behaviour(fact, guess_language(fact))


def test_a_name_is_said_in_the_greeting_of_the_language() -> None:
    apply = read_style("Nenn mich Chefin.", "de").apply
    assert apply is not None
    assert apply("Hallo.", "Guten Morgen!") == "Guten Morgen, Chefin! Wie kann ich dir helfen?"


def test_british_spelling_keeps_capitals_and_all_else() -> None:
    assert british("Color, COLOR and my favorite theater; colorado.") == (
        "Colour, COLOUR and my favourite theatre; colorado."
    )


def test_british_spelling_is_shown_only_where_it_differs_and_probed_by_the_prompts_words(lexicon: Lexicon) -> None:
    draft = drafted("Answer in British English.", lexicon)
    apply = draft.styled[0].style.apply
    assert apply is not None
    assert apply("The color is red.", "") == "The colour is red."
    assert apply("The sky is blue.", "") == ""
    spelled = [probe for probe in draft.probes if british(probe.prompt[-1].content) != probe.prompt[-1].content]
    assert len(spelled) == 3
    assert all(probe.passes(british(probe.prompt[-1].content)) for probe in spelled)
    assert not any(probe.passes(probe.prompt[-1].content) for probe in spelled)


def test_of_answers_in_a_language_only_those_in_it_are_shown(lexicon: Lexicon) -> None:
    draft = drafted("Antworte immer auf Deutsch.", lexicon)
    assert all(guess_language(item.prompt) == "de" for item in draft.styled)
    apply = draft.styled[0].style.apply
    assert apply is not None
    assert apply("Das ist gut. Ja.", "") == "Das ist gut."
    assert apply(ANSWER, "") == ""


@pytest.mark.parametrize("wish", ["Nenn mich Chefin.", "Sois plus bref.", "Llámame Jefa.", "请简短回答。"])
def test_the_wish_is_asked_about_in_its_language(wish: str, lexicon: Lexicon) -> None:
    draft = drafted(wish, lexicon)
    told = [fact for fact in draft.facts if fact.group == "wish"]
    assert told
    assert all(guess_language(fact.question) == guess_language(wish) for fact in told)
    recall = [probe for probe in draft.probes if probe.kind == "recall"]
    assert recall
    assert any(guess_language(item.prompt) == guess_language(wish) for item in draft.styled)
