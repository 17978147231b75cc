"""Understands short answers: yes, no, and which of several. Knows nothing of the questions."""

import re

from services.gateway.managing.words import words_for

_NAMED_PLACES = 5
_WORD = re.compile(r"[\w'-]+")
# An answer with more words says something else.
_MOST_WORDS = 8
_MOST_CHOICE_WORDS = 4


def is_yes(text: str) -> bool:
    """Whether `text` agrees and says nothing else; what is in doubt is no yes."""
    words = _words(text)
    # "Forget it" alone means never mind, so the yes itself has to come first.
    agreeing = words_for("yes") | words_for("beside-yes")
    return bool(words) and words[0] in words_for("yes") and len(words) <= _MOST_WORDS and agreeing.issuperset(words)


def is_no(text: str) -> bool:
    """Whether `text` begins by declining, and is short."""
    words = _words(text)
    return bool(words) and words[0] in words_for("no") and len(words) <= _MOST_WORDS


def chosen_place(text: str, choices: int) -> int | None:
    """Which of so many `choices` is named by its place, counted from 0; None where that is not said."""
    words = _words(text)
    if len(words) > _MOST_CHOICE_WORDS:
        return None
    places = {place for place in range(_NAMED_PLACES) for word in words if word in words_for(f"place-{place + 1}")}
    places |= {int(word) - 1 for word in words if word.isdecimal()}
    places |= {choices - 1 for word in words if word in words_for("last")}
    if len(places) > 1:
        # In "the second one" and "la una" the article or pronoun is no number.
        places.discard(0)
    found = places.pop() if len(places) == 1 else -1
    return found if 0 <= found < choices else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))
