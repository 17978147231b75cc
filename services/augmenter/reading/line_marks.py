"""Tells from a line's words whether something begins or ends there. Does not know where lines stand on a page."""

import re

_ITEM = re.compile(r"\s*(?:[-*+•‣▪◦–]|\(?\d{1,3}[.)]|\(?[a-z]\))\s")
_BULLET = re.compile(r"\s*[-*+•‣▪◦–]\s+")
_SENTENCE_END = re.compile(r"[.!?:;。!?…][\"'”’»)\]]*\s*$")


def starts_item(line: str) -> bool:
    """Whether `line` begins with a bullet or a number, as the item of a list does."""
    return _ITEM.match(line) is not None


def without_bullet(line: str) -> str:
    """`line` without the bullet before it; numbers stay, as they tell an order."""
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else line


def ends_sentence(line: str) -> bool:
    """Whether `line` may be the last one of a paragraph."""
    return _SENTENCE_END.search(line) is not None
