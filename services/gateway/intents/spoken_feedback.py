"""Reads what a user says about an answer: whether they like it, what would be right, and why. Knows no models.

For messages whose intent is feedback; of anything else it makes something all the same.
"""

import re
from dataclasses import dataclass
from typing import Literal

from services.gateway.intents.glossary import notions_in

_CLAUSE = re.compile(r"[^.!;:,，。！；：]+")
_TRIM = " \t\n.,;:!。，；：！–-"
_ENDS = (".", "!", "?", "。", "！", "？")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# What a correction begins with, and says nothing itself.
_LEAD_IN = re.compile(
    r"\W*(?:(?:no|nope|nah|nein|non|não|nee|sorry|hmm|well|but|actually|eigentlich|leider|en fait|en realidad|"
    r"correction|korrektur)\b|不对|不|其实|いいえ)\W*",
    re.IGNORECASE,
)
# What somebody says of the manner of an answer rather than of its content.
_MANNER = re.compile(
    r"\b(?:too|wanted|asked|expected|should have|please|next time|zu (?:lang|kurz)|viel zu|gefragt|wollte|erwartet|"
    r"trop|demandé|voulais|demasiado|pregunt\w+|quería)\b|太长|太短|我问的|请",
    re.IGNORECASE,
)
_DOWN = {"wrong", "blame"}
_UP = {"praise", "right", "like"}
# Longer clauses with a word of praise in them state something: "the right answer is forty-two".
_MOST_WORDS_OF_PRAISE = 5
_CHARACTERS_OF_A_WORD = 2


@dataclass(frozen=True)
class SpokenFeedback:
    """What was said: `correction` is the right answer as said, `reason` why the answer is disliked; empty if none."""

    rating: Literal["up", "down"]
    correction: str
    reason: str


def read_feedback(text: str) -> SpokenFeedback:
    """What `text` says about the answer before it."""
    clauses = [(match.start(), match.group()) for match in _CLAUSE.finditer(text) if match.group().strip(_TRIM)]
    verdicts = [_verdict(clause) for _, clause in clauses]
    stated = next((start for (start, _), verdict in zip(clauses, verdicts, strict=True) if verdict is None), None)
    if "down" not in verdicts and ("up" in verdicts or not clauses):
        return SpokenFeedback("up", "", "")
    told = "" if stated is None else _sentence(text[stated:])
    if stated is not None and _MANNER.search(text):
        return SpokenFeedback("down", "", _sentence(text))
    return SpokenFeedback("down", told, "")


def _verdict(clause: str) -> Literal["up", "down"] | None:
    """What a clause says of the answer; None where it states something else."""
    if not _LEAD_IN.sub("", clause).strip(_TRIM):
        return "down"
    notions = {notion for notions in notions_in(clause) for notion in notions}
    if notions & _DOWN or ("not" in notions and notions & _UP):
        return "down"
    if notions & _UP and _length(clause) <= _MOST_WORDS_OF_PRAISE:
        return "up"
    return None


def _length(clause: str) -> float:
    unspaced = len(_UNSPACED.findall(clause))
    return len(_UNSPACED.sub(" ", clause).split()) + unspaced / _CHARACTERS_OF_A_WORD


def _sentence(text: str) -> str:
    """`text` as a sentence of its own."""
    said = _LEAD_IN.sub("", text, count=1) if _LEAD_IN.match(text) else text
    said = said.strip().lstrip(_TRIM)
    if not said:
        return ""
    end = "" if said.endswith(_ENDS) else ("。" if _UNSPACED.search(said) else ".")
    return said[0].upper() + said[1:] + end
