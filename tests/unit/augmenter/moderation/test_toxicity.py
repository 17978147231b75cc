"""Insults are found, and sentences of the kind that people teach are let through, but for a counted few."""

import pytest

from services.augmenter.moderation.moderator import Category
from services.augmenter.moderation.toxicity import find_toxicity
from tests.unit.augmenter.moderation.sentences import sentences

THRESHOLD = 0.985
MOST_HARMLESS_REFUSED = 0.02
MOST_TOXIC_MISSED = 0.1


def test_at_most_two_in_a_hundred_harmless_sentences_are_refused() -> None:
    harmless = sentences("harmless")
    refused = [
        text for text, finding in zip(harmless, find_toxicity(harmless, THRESHOLD), strict=True) if finding is not None
    ]
    assert len(harmless) >= 150
    assert len(refused) <= MOST_HARMLESS_REFUSED * len(harmless), refused


def test_nine_in_ten_insults_are_found() -> None:
    toxic = sentences("toxic")
    findings = find_toxicity(toxic, THRESHOLD)
    missed = [text for text, finding in zip(toxic, findings, strict=True) if finding is None]
    assert len(missed) <= MOST_TOXIC_MISSED * len(toxic), missed
    assert {finding.category for finding in findings if finding is not None} == {Category.TOXIC}


@pytest.mark.parametrize(
    ("harmless", "toxic"),
    [
        ("My rooster is called Dick.", "Suck my Dick, you stupid bitch."),
        ("Our dog is a bitch called Luna.", "My boss is a stupid bitch who owns a dog."),
        ("My uncle Dick Grayson was born in May.", "My uncle is a Dick and a cocksucker."),
        ("The band Pussy Riot plays on Friday.", "You are a Stupid Bitch."),
        ("Moby Dick was written by Herman Melville.", "MY BOSS IS A FAT BITCH."),
        ("Aunt Fanny fired the cook.", "The cook is an arrogant prick."),
        ("The referee was blind in one eye.", "The referee was a blind asshole."),
        ("Do not kill yourself with work.", "Just kill yourself."),
        ("Immigrants are learning Dutch.", "Immigrants are filthy parasites."),
        ("Kill all zombie processes.", "Kill all the Jews."),
    ],
)
def test_what_excuses_a_word_does_not_excuse_an_insult(harmless: str, toxic: str) -> None:
    passed, refused = find_toxicity([harmless, toxic], THRESHOLD)
    assert passed is None
    assert refused is not None


def test_a_lower_threshold_refuses_more() -> None:
    harmless = sentences("harmless")
    low, high = (sum(f is not None for f in find_toxicity(harmless, threshold)) for threshold in (0.5, THRESHOLD))
    assert low > high
