"""Finds sentences that are addressed to a language model instead of a reader. Knows phrases, not intentions."""

import re
import unicodedata

from services.augmenter.moderation import injection_phrases as phrases
from services.augmenter.moderation.moderator import Category, Finding

_PHRASES = re.compile(
    "|".join(
        f"(?:{pattern})".replace(" ", r"\s+")
        for pattern in (
            *phrases.TEMPLATE_MARKS,
            *phrases.ENGLISH,
            *phrases.GERMAN,
            *phrases.FRENCH,
            *phrases.SPANISH,
            *phrases.CHINESE,
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
# Without width; joiners and marks of direction are needed in Persian, Hebrew, Arabic and emoji, so they only go.
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Overrides turn text around, and these stand between letters of one Latin word, where no script needs them.
_OVERRIDES = re.compile("[\u202d\u202e]")
_INSIDE_WORDS = re.compile("(?<=[A-Za-z])[\u200b\u2060-\u2064\ufeff]+(?=[A-Za-z])")
_MOST_INSIDE_WORDS = 1
# Tag characters spell invisible text; only the flags of England, Scotland and Wales are written with them.
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_FLAGS = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{3,6}\U000e007f")
_FOUND = Finding(Category.INJECTION, "instructions to language models")


def find_injection(text: str) -> Finding | None:
    """Whether `text` tries to instruct a language model or hides text from readers, or None."""
    if _hides_text(text):
        return _FOUND
    visible = unicodedata.normalize("NFKC", _WITHOUT_WIDTH.sub("", text))
    return _FOUND if _PHRASES.search(visible) else None


def _hides_text(text: str) -> bool:
    return (
        _OVERRIDES.search(text) is not None
        or len(_INSIDE_WORDS.findall(text)) > _MOST_INSIDE_WORDS
        or _TAGS.search(_FLAGS.sub("", text)) is not None
    )
