"""Finds how to reach private persons: their addresses and numbers. Knows no names; institutions may be reached."""

import re

from services.augmenter.moderation.moderator import Category, Finding

_EMAIL = re.compile(r"\b([A-Za-z0-9._%+-]+)@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b")
_ROLES = frozenset(
    (
        "info", "contact", "office", "press", "support", "help", "hello", "mail", "admin", "sales", "service", "team",
        "kontakt", "presse", "webmaster", "newsletter", "editor", "redaktion", "booking", "bookings", "reservations",
        "jobs", "careers", "museum", "library", "noreply", "no-reply", "privacy", "billing", "enquiries",
    )
)  # fmt: skip
_PHONE = re.compile(
    r"(?<![\w.,:/-])(?:\+\d{1,3}[ ./-]?|00\d{2}[ ./-]?|\(?0\d{1,5}\)?[ ./-]?)"
    r"\(?\d{2,5}\)?(?:[ ./-]?\d{2,5}){1,4}(?![\w/-])"
)
_US_PHONE = re.compile(r"(?<![\w.-])\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}(?![\w-])")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_FEWEST_DIGITS = 8
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? [A-Z]"
    r"|\b(?!The |A |In |On |At |Our |For )[A-Z][a-zà-ÿ]+(?: [A-Z]\.)? [A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?\b"
    r"|\b(?:my|his|her|their) (?:mobile|cell|home|private)\b"
)
_INSTITUTION = re.compile(
    r"\b(?:hotline|helpline|reception|office|desk|museum|hotel|station|centre|center|service|department|ministry"
    r"|hospital|university|library|school|agency|company|press|emergency|tickets?|bookings?|reservations?)\b",
    re.IGNORECASE,
)


def find_personal_data(text: str) -> Finding | None:
    """What in `text` would let strangers reach a private person, or None."""
    if any(match[1].casefold() not in _ROLES for match in _EMAIL.finditer(text)):
        return Finding(Category.PERSONAL, "somebody's e-mail address")
    if _SSN.search(text):
        return Finding(Category.PERSONAL, "somebody's social security number")
    numbers = [match.group() for pattern in (_PHONE, _US_PHONE) for match in pattern.finditer(text)]
    if any(sum(map(str.isdigit, number)) >= _FEWEST_DIGITS for number in numbers) and _is_private(text):
        return Finding(Category.PERSONAL, "somebody's telephone number")
    return None


def _is_private(text: str) -> bool:
    return bool(_PERSON.search(text)) and not _INSTITUTION.search(text)
