"""Makes text and dates from files uniform. Does not know the formats they come from."""

import re
import unicodedata
from datetime import date

# Controls, soft hyphens, marks without width, lone surrogates and noncharacters; white space stays.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
# Marks that let text run the other way, or end such a run.
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DATE = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)")


def tidy_text(text: str) -> str:
    """`text` on one line: single spaces, nothing invisible, composed characters."""
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


def tidy_title(text: str) -> str:
    """`text` on one line as it is shown between other words, which it cannot turn around."""
    return tidy_text(_DIRECTIONS.sub("", text))


def tidy_lines(text: str) -> str:
    """`text` with its lines and indentation, for code; nothing invisible, no empty lines around it."""
    lines = [line.rstrip() for line in _INVISIBLE.sub("", text).expandtabs(4).splitlines()]
    return unicodedata.normalize("NFC", "\n".join(lines).strip("\n"))


def iso_date(text: str) -> str:
    """The first date of the form YYYY-MM-DD or YYYYMMDD in `text` as YYYY-MM-DD; empty where there is none."""
    found = _DATE.search(text)
    if found is None:
        return ""
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return ""
