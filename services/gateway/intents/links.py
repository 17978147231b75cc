"""Finds the links in what a user says. Knows nothing of what lies behind them."""

import re

_LINK = re.compile(r"https?://[^\s<>\"'“”]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}’"
_FEW_WORDS = 1


def links_in(text: str) -> tuple[str, ...]:
    """The http and https addresses in `text`, in order, without the punctuation of the sentence around them."""
    return tuple(dict.fromkeys(_trimmed(link) for link in _LINK.findall(text)))


def is_bare_link(text: str) -> bool:
    """Whether `text` is nothing but links, and a word at most."""
    return bool(_LINK.search(text)) and len(_LINK.sub(" ", text).split()) <= _FEW_WORDS


def _trimmed(link: str) -> str:
    """Without the punctuation at its end, but with a bracket that it opens itself."""
    while link[-1] in _TRAILING and not (link[-1] == ")" and link.count("(") >= link.count(")")):
        link = link[:-1]
    return link
