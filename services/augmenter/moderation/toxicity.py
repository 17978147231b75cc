"""Finds insults and obscenities by their words: a linear classifier over word and letter n-grams. Knows no context."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from services.augmenter.moderation.moderator import Category, Finding

_FOUND = Finding(Category.TOXIC, "insulting or obscene language")


def find_toxicity(texts: Sequence[str], threshold: float) -> list[Finding | None]:
    """What each text holds whose probability of being offensive is above `threshold`."""
    if not texts:
        return []
    return [_FOUND if probability > threshold else None for probability in _classifier()(list(texts))]


@cache
def _classifier() -> Any:
    # Imported where it is needed: scikit-learn takes a second.
    from profanity_check import predict_prob  # type: ignore[import-untyped]  # it ships no types

    return predict_prob
