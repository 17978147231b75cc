"""Finds insults and obscenities by their words: a linear classifier over word and letter n-grams. Knows no context."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from services.augmenter.moderation.contempt import holds_contempt
from services.augmenter.moderation.moderator import Category, Finding

_RUDE = Finding(Category.TOXIC, "insulting or obscene language")
_CONTEMPT = Finding(Category.TOXIC, "contempt for people")
# Words that the classifier always takes for obscenities: names, where something is said to be called so, and animals,
# where the animal is named beside them and nobody is spoken of.
_RUDE_NAMES = re.compile(
    r"\b((?:called|named|nicknamed|name is) )(?:Dick|Willy|Fanny|Randy|Pussy|Cocky?|Butt|Gay|Hooker|Tits?|Mick)\b"
)
_RUDE_ANIMALS = re.compile(r"\b(?:bitch(?:es)?|ass(?:es)?|cocks?|pussy|tits?|boob(?:y|ies))\b", re.IGNORECASE)
_ANIMALS = re.compile(
    r"\b(?:dogs?|pupp(?:y|ies)|kennels?|litter|bre?ed(?:s|er)?|donkeys?|mules?|horses?|cats?|kittens?|roosters?|hens?"
    r"|chickens?|birds?|nests?|eggs)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:you|your|he|his|she|hers?|they|boss|teacher|neighbou?r|colleague|wife|husband|girls?|wom[ae]n|m[ae]n|people"
    r"|mother|sister|brother|father|guys?|friend|suck\w*|fuck\w*|lick\w*)\b",
    re.IGNORECASE,
)


def find_toxicity(texts: Sequence[str], threshold: float) -> list[Finding | None]:
    """What each text holds: a probability of being offensive above `threshold`, contempt for people, or None."""
    if not texts:
        return []
    probabilities = _classifier()([_without_harmless_words(text) for text in texts])
    return [_judged(text, probability > threshold) for text, probability in zip(texts, probabilities, strict=True)]


def _without_harmless_words(text: str) -> str:
    named = _RUDE_NAMES.sub(r"\1", text)
    speaks_of_animals = _ANIMALS.search(text) is not None and _PEOPLE.search(text) is None
    return _RUDE_ANIMALS.sub("", named) if speaks_of_animals else named


def _judged(text: str, is_rude: bool) -> Finding | None:
    if is_rude:
        return _RUDE
    return _CONTEMPT if holds_contempt(text) else None


@cache
def _classifier() -> Any:
    # Imported where it is needed: scikit-learn takes a second.
    from profanity_check import predict_prob  # type: ignore[import-untyped]  # it ships no types

    return predict_prob
