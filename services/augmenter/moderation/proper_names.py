"""Leaves the names out of a text, so that "My uncle Dick was born in May" is not judged by a word. Knows no names.

A name is told by its capital: what begins with one inside a sentence, or several such words at its beginning. What
follows "a", "my" or "you" is none, nor is a word that only insults, nor anything where most words have capitals.
"""

import re

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NO_NAME_AFTER = frozenset(["a", "an", "my", "your", "his", "her", "our", "their", "you", "such", "what"])
_INSULTS = re.compile(
    r"(?:mother)?fuck|shit|cunt|whore|slut|bitch|nigg|fag|wank|arse|asshole|twat|dickhead|cocksuck",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:\n][\"”’)\s]*$")


def without_names(text: str) -> str:
    """`text` with nothing where names stood."""
    words = list(_WORD.finditer(text))
    named = [_has_capital(word[0]) for word in words]
    if 2 * sum(named) > len(words) + 1:
        return text
    kept, end = [], 0
    for place, word in enumerate(words):
        if named[place] and _is_name(text, words, named, place):
            kept.append(text[end : word.start()])
            end = word.end()
    return "".join([*kept, text[end:]])


def _is_name(text: str, words: list[re.Match[str]], named: list[bool], place: int) -> bool:
    word = words[place][0]
    if word.casefold() in _NO_NAME_AFTER or _INSULTS.match(word):
        return False
    if place and words[place - 1][0].casefold() in _NO_NAME_AFTER and not _goes_on(text, words, named, place):
        return False
    begins = not place or _SENTENCE_END.search(text[: words[place].start()]) is not None
    return not begins or _goes_on(text, words, named, place)


def _goes_on(text: str, words: list[re.Match[str]], named: list[bool], place: int) -> bool:
    """Whether the next word is part of the same name."""
    following = place + 1
    if following == len(words) or not named[following]:
        return False
    return text[words[place].end() : words[following].start()] == " "


def _has_capital(word: str) -> bool:
    return word[0].isupper() and not word.isupper()
