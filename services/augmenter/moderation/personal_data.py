"""Finds how to reach or identify private persons. Knows names by their capitals only; institutions may be reached."""

import re
from itertools import pairwise

from services.augmenter.moderation.moderator import Category, Finding
from services.augmenter.moderation.national_ids import holds_national_id
from services.augmenter.moderation.phone_numbers import holds_phone_number

_EMAIL = re.compile(
    r"(?<![\w.%+-])([\w.%+-]{1,64})(?:@| ?[\[({](?:at|@)[\])}] ?)"
    r"[\w-]{1,63}(?:(?:\.| ?[\[({]dot[\])}] ?)[\w-]{1,63}){0,8}(?:\.| ?[\[({]dot[\])}] ?)[^\W\d_]{2,24}(?![\w@])",
    re.IGNORECASE,
)
_ROLES = frozenset(
    (
        "abuse", "accounts", "admin", "admissions", "archive", "beratung", "bewerbung", "bibliothek", "billing",
        "booking", "bookings", "careers", "complaints", "contact", "contacto", "customer", "customercare",
        "customerservice", "datenschutz", "desk", "dpo", "editor", "editorial", "empfang", "enquiries", "enquiry",
        "events", "feedback", "gdpr", "git", "hello", "help", "helpdesk", "hostmaster", "hotline", "hr", "impressum",
        "info", "information", "inquiries", "it", "jobs", "karriere", "kontakt", "legal", "library", "mail",
        "marketing", "media", "museum", "newsletter", "noreply", "office", "orders", "post", "postmaster", "presse",
        "press", "privacy", "queries", "reception", "recruitment", "redaktion", "registrar", "reservations", "reply",
        "root", "sales", "secretariat", "secretary", "security", "sekretariat", "service", "services", "shop",
        "subscriptions", "support", "team", "tickets", "verwaltung", "visit", "visitors", "volunteer", "webmaster",
        "welcome",
    )
)  # fmt: skip
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herrn?|Frau|Mme|Mlle|Sra?|Señora?|Signora?)\.? [^\W\d_]"
    r"|\b(?:my|his|her|their) (?:\w+ )?(?:mobile|cell|home|private)\b"
)
_CAPITALISED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INSIDE_NAMES = re.compile(r"(?<= )(?:[^\W\d_]\.|van|von|de|del|della|der|den|la|da|dos|bin|al) ")
# Capitalised pairs that begin or end so are no names of persons.
_NO_NAMES = frozenset(
    (
        "a", "an", "and", "april", "at", "august", "avenue", "bay", "bridge", "call", "castle", "cathedral", "city",
        "college", "contact", "copyright", "council", "december", "east", "february", "for", "former", "friday",
        "from", "grand", "great", "if", "in", "january", "july", "june", "lake", "los", "mail", "march", "may",
        "monday", "mount", "national", "new", "north", "november", "october", "of", "old", "on", "our", "park",
        "please", "river", "road", "royal", "saint", "san", "santa", "saturday", "september", "since", "south",
        "square", "st", "street", "sunday", "the", "this", "thursday", "to", "town", "tuesday", "united",
        "university", "upon", "wednesday", "west", "when", "while", "write",
    )
)  # fmt: skip
_INSTITUTION = re.compile(
    r"\b(?:hotline|helpline|reception|office|desk|museum|hotel|station|cent(?:re|er)|service|department|ministry"
    r"|hospital|university|library|school|agency|company|press|emergency|tickets?|bookings?|reservations?"
    r"|switchboard|embassy|clinic|police|restaurant|theatre|theater|town hall|gmbh|zentrale|rezeption|auskunft"
    r"|rathaus|krankenhaus|accueil|mairie|musée|museo|recepción|ayuntamiento)\b|热线|客服|总机|酒店|博物馆|医院|前台",
    re.IGNORECASE,
)
_CHINESE = re.compile("[\u4e00-\u9fff]")


def find_personal_data(text: str) -> Finding | None:
    """What in `text` would let strangers reach or be taken for a private person, or None."""
    if any(not _is_role(match[1]) for match in _EMAIL.finditer(text)):
        return Finding(Category.PERSONAL, "somebody's e-mail address")
    if holds_national_id(text):
        return Finding(Category.PERSONAL, "somebody's social security or identity number")
    if holds_phone_number(text) and _names_person(text) and not _INSTITUTION.search(text):
        return Finding(Category.PERSONAL, "somebody's telephone number")
    return None


def _is_role(mailbox: str) -> bool:
    return any(part in _ROLES for part in re.split(r"[._%+-]", mailbox.casefold()))


def _names_person(text: str) -> bool:
    """Two neighbouring words with capitals, a title, or Chinese text, whose names have no mark."""
    if _TITLE.search(text) or _CHINESE.search(text):
        return True
    plain = _INSIDE_NAMES.sub("", text)
    return any(
        _is_name(one.group()) and _is_name(other.group()) and plain[one.end() : other.start()] == " "
        for one, other in pairwise(_CAPITALISED.finditer(plain))
    )


def _is_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper() and word.casefold() not in _NO_NAMES
