"""Finds out what a request to show or forget something is about. Knows nothing of lessons."""

import re
from functools import cache

from services.gateway.intents.glossary import notions_of
from services.gateway.managing.words import words_for

# Notions that say what is to be done with a lesson, and not which one it is.
_ASKING = {
    *("forget", "delete", "recall", "keep", "learn", "teach", "lesson", "all", "show", "what", "how", "who", "know"),
    *("me", "you", "told", "about", "not", "want", "can", "memory", "please", "still", "done"),
}
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W_]+")


def topic_words(request: str) -> list[str]:
    """The words of `request` that tell what it is about, in lower case; empty where it is about nothing special."""
    words = _WORD.findall(
        _UNSPACED.sub(lambda run: f" {_asking_unspaced().sub(' ', run.group())} ", request.casefold())
    )
    ignored = words_for("small") | words_for("last")
    return [word for word in words if word not in ignored and not _ASKING.intersection(notions_of(word))]


def means_the_last(request: str) -> bool:
    """Whether `request` speaks of the last lesson and names no topic."""
    text = request.casefold()
    last = words_for("last")
    said = set(_WORD.findall(text)) | {word for word in last if _UNSPACED.match(word) and word in text}
    return bool(said & last) and not topic_words(request)


@cache
def _asking_unspaced() -> re.Pattern[str]:
    """What stands around the topic in scripts without spaces, longest first."""
    parts = words_for("unspaced") | {word for word in words_for("last") if _UNSPACED.match(word)}
    return re.compile("|".join(sorted(map(re.escape, parts), key=len, reverse=True)))
