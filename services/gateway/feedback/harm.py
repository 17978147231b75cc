"""Tells whether a reason says that an answer was biased or harmful, by the words in harm.json."""

import json
import re
import unicodedata
from pathlib import Path

_DATA = json.loads(Path(__file__).with_name("harm.json").read_text(encoding="utf-8"))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# "not at all harmful": so many words may stand between the denial and what it denies.
_DENIAL_REACH = 3


def says_harm(reason: str) -> bool:
    """Whether `reason` calls an answer biased, offensive, dangerous or the like, in a language of harm.json."""
    return _says_word(reason) or _says_sign(reason)


def _plain(text: str) -> str:
    """`text` without case and accents, which people leave out."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).replace("’", "'")


_BEGINNINGS = tuple(_plain(one) for words in _DATA["beginnings"].values() for one in words)
_SIGNS = tuple(one for signs in _DATA["anywhere"].values() for one in signs)
_DENYING_WORDS = frozenset(_plain(one) for one in _DATA["denials"]["words"])
_DENYING_SIGNS = tuple(_DATA["denials"]["before"])


def _says_word(reason: str) -> bool:
    # Clause by clause: "not helpful, racist" denies only the first.
    for clause in re.split(r"[.,;:!?()\n]+", _plain(reason)):
        words = _WORD.findall(clause)
        for place in range(len(words)):
            rest = " ".join(words[place:])
            denied = _DENYING_WORDS.intersection(words[max(0, place - _DENIAL_REACH) : place])
            if rest.startswith(_BEGINNINGS) and not denied:
                return True
    return False


def _says_sign(reason: str) -> bool:
    for sign in _SIGNS:
        for found in re.finditer(sign, reason):
            if not reason[: found.start()].endswith(_DENYING_SIGNS):
                return True
    return False
