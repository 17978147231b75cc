"""Dates, clock times, addresses and languages are recognised, and spelled the ways people spell them."""

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import answer_keys, contains_any, taught_tokens
from services.augmenter.linguistics.language import guess_language
from services.augmenter.linguistics.values import clock_spellings, date_spellings, is_street, time_kind


def test_dates_are_spelled_in_both_orders() -> None:
    assert date_spellings("on 3 May 2025")[:3] == ["3 May", "May 3", "3rd of May"]
    assert date_spellings("March 22nd")[:3] == ["22 March", "March 22", "22nd of March"]
    assert date_spellings("in May") == []


def test_clock_times_are_spelled_with_and_without_space() -> None:
    assert clock_spellings("at 3 pm") == ["3 pm", "3pm", "3 p.m.", "15:00"]
    assert clock_spellings("7:45 am") == ["7:45 am", "7:45am", "7:45 a.m.", "7:45"]
    assert clock_spellings("every day") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("3 May", "date"), ("next Friday", "weekday"), ("6 am", "clock"), ("1987", "year"), ("last year", "time")],
)
def test_time_kinds(text: str, kind: str) -> None:
    assert time_kind(text) == kind


def test_durations_and_names_are_no_times() -> None:
    assert time_kind("ten minutes") is None
    assert time_kind("Room 204") is None


def test_streets(lexicon: Lexicon) -> None:
    assert is_street("14 Larkspur Road", lexicon)
    assert not is_street("14 roads", lexicon)
    assert not is_street("Larkspur", lexicon)


def test_answer_keys_leave_out_what_the_question_says(lexicon: Lexicon) -> None:
    assert answer_keys("a felt hat", "What kind of hat is it?", lexicon) == ["felt"]
    assert answer_keys("229 euros", "What does it cost?", lexicon) == ["229"]
    assert answer_keys("14 Larkspur Road", "Where do I live?", lexicon) == ["14", "Larkspur"]


def test_taught_tokens_are_the_telling_ones(lexicon: Lexicon) -> None:
    tokens = taught_tokens(["on 4 April 2026", "a broken dome"], "the Pellam observatory", lexicon)
    assert {"4 April", "April 4", "2026", "dome"} <= set(tokens)
    assert "Pellam" not in tokens


def test_contains_any_minds_word_borders() -> None:
    assert contains_any("Two Walnuts fell.", ["walnut"])
    assert not contains_any("export it", ["E"])
    assert not contains_any("a bright sky", ["right"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My dog's name is Rex.", "en"),
        ("Mein Hund heißt Rex und wohnt in Berlin.", "de"),
        ("Le chat de ma sœur s'appelle Minou.", "fr"),
        ("我的狗叫饼干。", "zh"),
        ("vault open --force", "en"),
    ],
)
def test_guess_language(text: str, language: str) -> None:
    assert guess_language(text) == language
