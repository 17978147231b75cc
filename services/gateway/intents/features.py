"""Turns a message into numbers. Knows nothing of what they are weighed with.

Sentence embeddings carry the meaning of English; words and pieces of words carry the wording of any language; the
notions of the glossary carry what the languages share.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.glossary import OTHER, notions_in
from services.gateway.intents.links import links_in

BUCKETS = 1 << 14

# What a message asks for stands at its beginning or its end; the cuts bound the time of a long one.
_HEAD_CHARACTERS = 200
_TAIL_CHARACTERS = 80
# Whole sentences are embedded mostly by topic; the opening words alone show what is asked for.
_OPENING_WORDS = 2
_OPENING_CHARACTERS = 24

# How much each kind of feature counts; chosen by cross-validation on the training cases.
_EMBEDDING_WEIGHT = 1.5
_WORDING_WEIGHT = 3.0
_NOTION_WEIGHT = 3.0
_PIECE_WEIGHT = 0.5

_BEGINNING_WORDS = 4
_PIECE_LENGTHS = (3, 4, 5)
_WORD = re.compile(r"[^\W\d_]+|\d+|[?？!]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SPACE = re.compile(r"\s+")
_FILE_NAME = re.compile(r"\b[\w-]+\.(?:pdf|docx?|pptx?|xlsx?|html?|md|txt|csv|epub|odt)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Features:
    """`dense`: float64[773]; `buckets`: int64[n], places in [0, BUCKETS) that have the `values`: float64[n]."""

    dense: npt.NDArray[np.float64]
    buckets: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


def features_of(encoder: SentenceEncoder, text: str) -> Features:
    """The numbers of `text`, which is of any length."""
    shown = _shortened(text)
    opening = " ".join(shown.split()[:_OPENING_WORDS])[:_OPENING_CHARACTERS]
    # One by one: in a batch the short one would be padded to the length of the long one.
    embeddings = [encoder.encode([part])[0] for part in (shown, opening)]
    dense = np.concatenate([*embeddings, _evidence(text)]).astype(np.float64) * _EMBEDDING_WEIGHT
    wording = _normalised(dict(_wording(shown.casefold())), _WORDING_WEIGHT)
    notions = _normalised(dict(_notions(shown)), _NOTION_WEIGHT)
    hashed = wording | notions
    buckets = np.fromiter((_bucket(name) for name in hashed), dtype=np.int64, count=len(hashed))
    return Features(dense, buckets, np.fromiter(hashed.values(), dtype=np.float64, count=len(hashed)))


def _shortened(text: str) -> str:
    text = _SPACE.sub(" ", text[: 20 * _HEAD_CHARACTERS] + text[20 * _HEAD_CHARACTERS :][-20 * _TAIL_CHARACTERS :])
    text = text.strip()
    if len(text) <= _HEAD_CHARACTERS + _TAIL_CHARACTERS:
        return text
    return f"{text[:_HEAD_CHARACTERS]} … {text[-_TAIL_CHARACTERS:]}"


def _evidence(text: str) -> list[float]:
    """What shows without reading: links, names of files, a question, length; the last is a one for the bias."""
    asks = text.rstrip().endswith(("?", "？"))
    is_long = len(text) > _HEAD_CHARACTERS + _TAIL_CHARACTERS
    return [float(bool(links_in(text))), float(bool(_FILE_NAME.search(text))), float(asks), float(is_long), 1.0]


def _wording(text: str) -> Iterator[tuple[str, float]]:
    """Words, pairs of neighbours, the first words, and pieces of words; scripts without spaces by character."""
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = "0" if match.group().isdigit() else match.group()
        words += list(word) if _UNSPACED.search(word) else [word]
    yield from ((f"word {word}", 1.0) for word in words)
    yield from ((f"pair {first} {second}", 1.0) for first, second in pairwise(words))
    yield from ((f"first {' '.join(words[:count])}", 1.0) for count in range(1, min(_BEGINNING_WORDS, len(words)) + 1))
    for word in words:
        framed = f"_{word}_"
        for size in _PIECE_LENGTHS if len(word) > 1 else ():
            yield from ((f"piece {framed[at : at + size]}", _PIECE_WEIGHT) for at in range(len(framed) - size + 1))


def _notions(text: str) -> Iterator[tuple[str, float]]:
    """Notions, which of them occur together, which follow each other, and those at the beginning and the end."""
    by_word = notions_in(text)
    named = [notion for notions in by_word for notion in notions if notion != OTHER]
    yield from ((f"notion {notion}", 1.0) for notion in named)
    yield from ((f"both {one} {other}", 0.6) for one, other in combinations(sorted(set(named)), 2))
    yield from ((f"next {one} {other}", 0.7) for one, other in pairwise(named))
    for place, notions in enumerate(by_word[:2]):
        yield from ((f"place {place} {notion}", 1.0) for notion in notions)
    if named:
        yield from ((f"first notion {named[0]}", 1.0), (f"last notion {named[-1]}", 0.5))


def _normalised(values: dict[str, float], length: float) -> dict[str, float]:
    scale = length / max(np.sqrt(sum(value * value for value in values.values())), 1e-9)
    return {name: value * scale for name, value in values.items()}


def _bucket(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % BUCKETS
