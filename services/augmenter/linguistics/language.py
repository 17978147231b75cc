"""Guesses the language of a short text by its commonest words and its script. Knows no grammar."""

import importlib
import re
from functools import cache

from services.augmenter.lexicon.languages import find_language

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl", "fi", "tr", "cs", "ro", "hu", "id")
_SCRIPTS = {
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af]",
    "zh": r"[\u4e00-\u9fff]",
    "ru": r"[\u0400-\u04ff]",
    "el": r"[\u0370-\u03ff]",
    "ar": r"[\u0600-\u06ff]",
    "he": r"[\u0590-\u05ff]",
    "hi": r"[\u0900-\u097f]",
    "th": r"[\u0e00-\u0e7f]",
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ELISION = re.compile(r"(?<=\b[cdjlmnst]')|(?<=\bqu')")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
# A foreign name in a sentence does not make it foreign; one sign of these scripts says as much as some letters.
_LETTERS_PER_SIGN = 3
_LETTER = 0.5


def guess_language(text: str) -> str:
    """The ISO 639-1 code of the likeliest language; English when nothing speaks against it."""
    for code, script in _SCRIPTS.items():
        signs = len(re.findall(script, text))
        if signs and signs * _LETTERS_PER_SIGN >= len(_LATIN.findall(text)):
            return code
    words = [part for word in _WORD.findall(text.replace("’", "'")) for part in _ELISION.split(word.casefold())]
    if not words:
        return "en"
    hits = {code: sum(word in _known_words(code) for word in words) + _by_letters(text, code) for code in _LANGUAGES}
    best = max(_LANGUAGES, key=lambda code: hits[code])
    return best if hits[best] > hits["en"] else "en"


def _by_letters(text: str, code: str) -> float:
    """Less than a word, where `text` has a letter that this language has and English has not."""
    language = find_language(code)
    return _LETTER if language is not None and any(letter in text.casefold() for letter in language.letters) else 0.0


@cache
def _known_words(code: str) -> frozenset[str]:
    """The commonest words of a language, with all that we know of some."""
    module = importlib.import_module(f"spacy.lang.{code}.stop_words")
    language = find_language(code)
    more = (word.casefold() for word in language.words) if language is not None else ()
    return frozenset(module.STOP_WORDS) | frozenset(more)
