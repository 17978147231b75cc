"""Decides what a prepositional phrase, an adverb or an object says: when, where, why, how much. Knows no clauses."""

import re

from services.augmenter.lexicon import Lexicon, word_list
from services.augmenter.linguistics.clause import Role
from services.augmenter.linguistics.values import is_duration, is_frequency, is_money, is_street, time_kind

_CAUSE = ("because", "because of", "due to", "owing to", "thanks to", "on account of", "as a result of")
_SPATIAL = word_list("spatial")
_MOTION = word_list("motion")
_ABSTRACT = word_list("abstract")
_PLACE_LABELS = ("GPE", "LOC", "FAC")
_PLACE_ADVERBS = ("here", "there", "upstairs", "downstairs", "outside", "inside", "abroad", "nearby", "everywhere")


_HOUR = re.compile(r"[1-9]|1[0-2]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")
_BY_PREPOSITION = {"as": Role.ROLE, "from": Role.SOURCE, "with": Role.COMPANION}


def prepositional_role(preposition: str, value: str, head: str, label: str, verb: str, lexicon: Lexicon) -> Role:
    """The role of "`preposition` `value`" in a clause whose verb is `verb`."""
    if preposition in _CAUSE:
        return Role.CAUSE
    if is_street(value, lexicon):
        return Role.GOAL if preposition == "to" else Role.PLACE
    if preposition in ("for", "at") and is_money(value):
        return Role.AMOUNT
    if preposition == "at" and _HOUR.fullmatch(value.casefold()):
        return Role.TIME
    return (
        _time_role(preposition, value, label)
        or _BY_PREPOSITION.get(preposition)
        or _directed_role(preposition, value, head, label, verb)
        or (Role.PLACE if preposition in _SPATIAL and _is_place(value, label) else Role.TOPIC)
    )


def _directed_role(preposition: str, value: str, head: str, label: str, verb: str) -> Role | None:
    if preposition in ("to", "into", "onto"):
        return Role.GOAL if _reaches(verb, value, label) else Role.TOPIC
    if preposition == "for":
        return Role.PURPOSE if head.endswith("ing") else Role.BENEFICIARY
    return Role.MANNER if preposition == "by" and head.endswith("ing") else None


def adverb_role(adverb: str) -> Role:
    """The role of a single adverb."""
    if adverb in _PLACE_ADVERBS:
        return Role.PLACE
    if is_frequency(adverb):
        return Role.FREQUENCY
    # "now" tells what is so, not when it is.
    return Role.TIME if time_kind(adverb) is not None and adverb != "now" else Role.ADVERB


def bare_noun_role(text: str) -> Role | None:
    """The role of a noun phrase used as an adverb ("every Monday", "last year", "312 metres"), or None."""
    if is_frequency(text):
        return Role.FREQUENCY
    if time_kind(text) is not None:
        return Role.TIME
    return Role.DURATION if is_duration(text) else None


def _time_role(preposition: str, value: str, label: str) -> Role | None:
    if preposition in ("for", "in") and is_duration(value):
        return Role.DURATION
    if is_frequency(value) and label in ("DATE", "TIME"):
        return Role.FREQUENCY
    if preposition in ("about", "of", "with", "to", "from", "into") and time_kind(value) is not None:
        return Role.GOAL if preposition == "to" else Role.SOURCE if preposition == "from" else None
    return Role.TIME if time_kind(value) is not None else None


def _reaches(verb: str, value: str, label: str) -> bool:
    return verb in _MOTION or label in _PLACE_LABELS or time_kind(value) is not None


def _is_place(value: str, label: str) -> bool:
    if label in ("LANGUAGE", "NORP"):
        return False
    return value not in _ABSTRACT
