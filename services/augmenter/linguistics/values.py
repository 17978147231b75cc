"""Recognises dates, clock times, addresses, amounts and names in short texts, and how else they may be spelled."""

import re
from enum import StrEnum

from services.augmenter.lexicon import Lexicon


class ValueKind(StrEnum):
    """What a value is, as far as it changes the question that asks for it."""

    DATE = "date"
    WEEKDAY = "weekday"
    CLOCK = "clock"
    YEAR = "year"
    MONTH = "month"
    TIME = "time"
    STREET = "street"
    COUNTRY = "country"
    SETTLEMENT = "settlement"
    PERSON = "person"
    MONEY = "money"
    COLOUR = "colour"
    OTHER = "other"


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = re.compile(rf"\b({_MONTHS})\b")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTHS})\b")
_MONTH_DAY = re.compile(rf"\b({_MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)")
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d|21\d\d)\b")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)|\b\d{1,2}:\d\d\b|\bnoon\b|\bmidnight\b", re.IGNORECASE
)
_HOUR = re.compile(r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))? ?(?P<half>[ap]\.?m)", re.IGNORECASE)
_TIME_WORD = re.compile(
    r"\b(?:today|tomorrow|yesterday|tonight|now|week|month|year|morning|afternoon|evening|night|weekend|spring|summer"
    r"|autumn|winter|century|decade|noon|midnight|christmas|easter)s?\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[€$£¥]\s?\d|\d\s?[€$£¥]|\b(?:euros?|dollars?|pounds?|cents?|francs?|kron\w+|yen|rupees?|pesos?)\b", re.IGNORECASE
)
NUMBER = (
    r"(?:\d+|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
)
_DURATION = re.compile(
    rf"\b(?:{NUMBER}|an?|half an?|several|many|few)\s+(?:and a half )?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries)\b",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:every|each|per|daily|weekly|monthly|yearly|annually|hourly|once|twice|thrice|times a)\b", re.IGNORECASE
)
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def is_duration(text: str) -> bool:
    """Whether `text` says how long."""
    return bool(_DURATION.search(text))


def is_frequency(text: str) -> bool:
    """Whether `text` says how often."""
    return bool(_FREQUENCY.search(text))


def is_money(text: str) -> bool:
    """Whether `text` is a price."""
    return bool(_MONEY.search(text)) and any(character.isdigit() for character in text)


def is_street(text: str, lexicon: Lexicon) -> bool:
    """Whether `text` is a street address: a house number and a name that ends with a word for a street."""
    words = text.replace(",", " ").split()
    numbered = any(word[0].isdigit() for word in words)
    return numbered and any(lexicon.is_a(word, "street") and word[0].isupper() for word in words)


def time_kind(text: str) -> ValueKind | None:
    """Which kind of time `text` is, or None when it is none."""
    if _DAY_MONTH.search(text) or _MONTH_DAY.search(text):
        return ValueKind.DATE
    if _WEEKDAY.search(text):
        return ValueKind.WEEKDAY
    if _CLOCK.search(text):
        return ValueKind.CLOCK
    if _MONTH.search(text):
        return ValueKind.MONTH
    if _TIME_WORD.search(text) and not is_duration(text):
        return ValueKind.TIME
    return ValueKind.YEAR if _YEAR.fullmatch(text.removeprefix("early ").removeprefix("late ").strip()) else None


def value_kind(text: str, label: str, human: bool, lexicon: Lexicon) -> ValueKind:
    """What kind of value `text` is; `label` is the parser's entity label, which may be wrong."""
    timely = time_kind(text)
    if timely is not None:
        return timely
    if is_street(text, lexicon):
        return ValueKind.STREET
    if is_money(text):
        return ValueKind.MONEY
    if lexicon.is_a(text, "country"):
        return ValueKind.COUNTRY
    if human:
        return ValueKind.PERSON
    if lexicon.is_a(text, "colour"):
        return ValueKind.COLOUR
    return ValueKind.SETTLEMENT if label == "GPE" else ValueKind.OTHER


def date_spellings(text: str) -> list[str]:
    """The day and month in `text` in the ways people write them, or nothing when there is no such date."""
    match = _DAY_MONTH.search(text)
    day, month = match.groups() if match else ("", "")
    if not match and (match := _MONTH_DAY.search(text)):
        month, day = match.groups()
    if not day:
        return []
    number = int(day)
    ordinal = f"{number}{_ORDINALS.get(number, 'th')}"
    return [
        f"{number} {month}",
        f"{month} {number}",
        f"{ordinal} of {month}",
        f"{month} {ordinal}",
        f"{ordinal} {month}",
    ]


def clock_spellings(text: str) -> list[str]:
    """The clock time in `text` in the ways people write it, or nothing when there is none."""
    match = _HOUR.search(text)
    if not match:
        return []
    hour, minute, half = int(match["hour"]), match["minute"] or "", match["half"].casefold()[0]
    shown = f"{hour}:{minute}" if minute else str(hour)
    day_hour = hour % 12 + (12 if half == "p" else 0)
    return [f"{shown} {half}m", f"{shown}{half}m", f"{shown} {half}.m.", f"{day_hour}:{minute or '00'}"]


def month_of(text: str) -> str:
    """The month in `text`, or an empty string."""
    match = _MONTH.search(text)
    return match.group() if match else ""


def year_of(text: str) -> str:
    """The year in `text`, or an empty string."""
    match = _YEAR.search(text)
    return match.group() if match else ""
