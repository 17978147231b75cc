"""Finds insults and obscenities by their words: a linear classifier over word and letter n-grams. Knows no context."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from services.augmenter.moderation.contempt import holds_contempt
from services.augmenter.moderation.moderator import Category, Finding
from services.augmenter.moderation.proper_names import without_names

_RUDE = Finding(Category.TOXIC, "insulting or obscene language")
_CONTEMPT = Finding(Category.TOXIC, "contempt for people")
# Words that the classifier always takes for obscenities, where the animal is named beside them and nobody is spoken of.
_RUDE_ANIMALS = re.compile(r"\b(?:bitch(?:es)?|ass(?:es)?|cocks?|pussy|tits?|boob(?:y|ies))\b", re.IGNORECASE)
_ANIMALS = re.compile(
    r"\b(?:dogs?|pupp(?:y|ies)|kennels?|litter|bre?ed(?:s|er)?|donkeys?|mules?|horses?|cats?|kittens?|roosters?|hens?"
    r"|chickens?|birds?|nests?|eggs)\b",
    re.IGNORECASE,
)
_PERSON = (
    r"(?:he|she|they|who|everybody|nobody|boss|manager|teacher|tutor|coach|trainer|chef|cook|neighbou?rs?|colleagues?"
    r"|landlord|landlady|tenant|lawyers?|doctors?|dentist|nurse|mayor|minister|president|politicians?|judge|referee"
    r"|officers?|cops?|drivers?|waiter|waitress|customers?|client|author|wife|husband|partner|girlfriend|boyfriend|ex"
    r"|girls?|boys?|wom[ae]n|m[ae]n|lady|ladies|people|kids?|child(?:ren)?|mother|mum|mom|sister|brother|father|dad"
    r"|daughter|son|uncle|aunt|cousins?|niece|nephew|grandmother|grandfather|in-law|in law|guys?|friends?|room-?mate"
    r"|flatmate|team-?mate|committee)"
)
_PEOPLE = re.compile(rf"\b(?:you|your|his|hers?|{_PERSON}|suck\w*|fuck\w*|lick\w*)\b", re.IGNORECASE)
# Most insults are aimed: at who is spoken to, or at somebody of whom something is said.
_AIMED = re.compile(rf"\byou\b|\byour \w+ (?:is|are)\b|\b{_PERSON}(?: \w+)? (?:is|are|was|were|looks?|smells?)\b", re.I)
# The classifier leaves aims out of account. By so much the odds of an insult are better where there is one.
_ODDS_WHERE_AIMED = 16.0


def find_toxicity(texts: Sequence[str], threshold: float) -> list[Finding | None]:
    """What each text holds: a probability of being offensive above `threshold`, contempt for people, or None."""
    if not texts:
        return []
    probabilities = _classifier()([version for text in texts for version in (text, _without_harmless_words(text))])
    # A name may also be what made a text look harmless, so leaving words out never speaks against one.
    likely = map(min, probabilities[::2], probabilities[1::2])
    return [
        _judged(text, _with_aim(text, probability) > threshold) for text, probability in zip(texts, likely, strict=True)
    ]


def _without_harmless_words(text: str) -> str:
    speaks_of_animals = _ANIMALS.search(text) is not None and _PEOPLE.search(text) is None
    return _RUDE_ANIMALS.sub("", without_names(text)) if speaks_of_animals else without_names(text)


def _with_aim(text: str, probability: float) -> float:
    """The probability that is left when the odds are corrected for whether the words are aimed at somebody."""
    if _AIMED.search(text) is None:
        return probability
    return _ODDS_WHERE_AIMED * probability / (1 + (_ODDS_WHERE_AIMED - 1) * probability)


def _judged(text: str, is_rude: bool) -> Finding | None:
    if is_rude:
        return _RUDE
    return _CONTEMPT if holds_contempt(text) else None


@cache
def _classifier() -> Any:
    # Imported where it is needed: scikit-learn takes a second.
    from profanity_check import predict_prob  # type: ignore[import-untyped]  # it ships no types

    return predict_prob
