"""Picks the words that give an answer away, in the spellings people use. Knows no questions and no parser."""

import re
from collections.abc import Iterable

from services.augmenter.lexicon import Lexicon, word_list
from services.augmenter.linguistics.values import clock_spellings, date_spellings, time_kind

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ")  # noqa: SIM905 - legible
_SHORT_TOKEN = 3
_WORD = re.compile(r"[^\s,;:()\"“”]+")
# Scripts that put no blanks between words; beside their signs a word of another script may begin or end anywhere.
_UNSPACED = r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]"
_BEGIN = rf"(?:(?<!\w)|(?<={_UNSPACED}))"
_END = rf"(?:(?!\w)|(?={_UNSPACED}))"
_FUNCTION_WORDS = word_list("function")


def content_words(text: str) -> list[str]:
    """The words of `text` that carry meaning, as written, without surrounding punctuation."""
    words = (word.strip(".!?'’`") for word in _WORD.findall(text))
    return [word for word in words if word and word.casefold().removesuffix("'s") not in _FUNCTION_WORDS]


def answer_keys(value: str, question: str, lexicon: Lexicon) -> list[str]:
    """Spellings of which any in a reply shows that `value` is known; words that the question holds are left out."""
    moments = date_spellings(value) or clock_spellings(value)
    if moments:
        return moments
    given = {stem(word) for word in content_words(question)}
    words = [word for word in content_words(value) if stem(word) not in given]
    telling = [word for word in words if not lexicon.is_a(word.casefold().removesuffix("s"), "unit")]
    telling = [word for word in telling if not word.endswith("ing")] or telling
    strong = [word for word in telling if word[0].isupper() or any(map(str.isdigit, word))]
    strong = [word for word in strong if not lexicon.is_a(word, "street")] or strong
    chosen = strong if strong and time_kind(value) is None else telling or words
    return list(dict.fromkeys(spelling for word in chosen for spelling in _spellings(word)))


def count_keys(count: str) -> list[str]:
    """A number as word and as digits, where it has both."""
    word = count.casefold()
    if word in _NUMBERS:
        return [word, str(_NUMBERS.index(word))]
    return [word, _NUMBERS[int(word)]] if word.isdigit() and int(word) < len(_NUMBERS) else [word]


def taught_tokens(values: Iterable[str], known: str, lexicon: Lexicon) -> list[str]:
    """Words that only the lesson can have put into a reply: those of `values` that `known` does not hold.

    Dates count as a whole and by their year and month; units, kinds of thing and function words do not count.
    """
    given = {stem(word) for word in content_words(known)}
    found: list[str] = []
    for value in values:
        found += [*date_spellings(value), *clock_spellings(value)]
        for word in content_words(value):
            bare = word.casefold()
            if stem(word) in given or len(bare) < 2 or lexicon.is_a(bare.removesuffix("s"), "unit", "size", "tool"):
                continue
            found += [word] if len(bare) > 3 or any(map(str.isdigit, word)) else []
    return list(dict.fromkeys(token for token in found if not (token.isdigit() and len(token) < 2)))


def telling_tokens(tokens: Iterable[str]) -> list[str]:
    """Names and numbers among `tokens`, or all of them where there are none."""
    every = list(tokens)
    return [token for token in every if any(c.isupper() or c.isdigit() for c in token)] or every


def contains_any(text: str, tokens: Iterable[str]) -> bool:
    """Whether any of `tokens` occurs in `text` as a word or its beginning, ignoring case."""
    return any(re.search(_occurrence(token), text, re.IGNORECASE) for token in tokens)


def _occurrence(token: str) -> str:
    if re.search(_UNSPACED, token):
        return re.escape(token)
    return rf"{_BEGIN}{re.escape(stem(token))}" + (_END if len(token) <= _SHORT_TOKEN else "")


def _spellings(word: str) -> list[str]:
    shorter = stem(word)
    return [shorter] if shorter != word.casefold() and word.islower() else [word]


def stem(word: str) -> str:
    """`word` in lower case without its plural or possessive ending."""
    bare = word.casefold().removesuffix("'s").removesuffix("’s")
    if len(bare) > 6 and bare.endswith("ies"):
        return bare[:-3]
    return bare[:-1] if len(bare) > 4 and bare.endswith("s") and not bare.endswith(("ss", "us", "is")) else bare
