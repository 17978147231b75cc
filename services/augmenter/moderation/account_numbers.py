"""Tells payment card and bank account numbers from other long numbers by form and check digits. Knows no context."""

import re
from collections.abc import Iterator

# Groups of digits with one space, hyphen or dot between, as printed on cards; the first has four digits at least, which
# amounts with spaces at the thousands do not have.
_GROUPS = re.compile(r"(?<![\d.,/-])\d{4,19}(?:[ .-]\d{2,10})*(?![\d/-])")
_MOST_GROUPS = 8
_SHORTEST_FIRST_GROUP = 4
_EAN_LENGTH = 13
# ISO/IEC 7812 issuers: leading digits, from and to, and the lengths they issue.
_ISSUERS = (
    (4, 4, (13, 16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (300, 305, (14,)),
    (36, 36, (14,)),
    (38, 39, (14,)),
    (3528, 3589, (16, 17, 18, 19)),
    (6011, 6011, (16, 17, 18, 19)),
    (644, 659, (16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),
    (50, 50, (16, 17, 18, 19)),
    (56, 58, (16, 17, 18, 19)),
    (6304, 6304, (16, 17, 18, 19)),
    (6759, 6763, (16, 17, 18, 19)),
)
_IBAN_START = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9]{3})", re.IGNORECASE)
_IBAN_MODULUS = 97
# ISO 13616 lengths; those of other countries are not looked for.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI NL FO GL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH CR HR LI LV",
        22: "BG BH DE GB GE IE ME RS", 23: "AE GI IL IQ OM", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC",
    }.items()
    for country in countries.split()
}  # fmt: skip


def holds_card_number(text: str) -> bool:
    """Whether a number in `text` could pay: known issuer, its length, right check digit."""
    return any(_is_card(digits) for digits in _runs_of_groups(text))


def holds_iban(text: str) -> bool:
    """Whether a word or row of words in `text` is an IBAN of its country's length with right check digits."""
    return any(_is_iban(text[match.start() :]) for match in _IBAN_START.finditer(text))


def _runs_of_groups(text: str) -> Iterator[str]:
    """Neighbouring groups as one number, so that a security code or date beside a card number does not hide it."""
    for match in _GROUPS.finditer(text):
        groups = re.split(r"[ .-]", match.group())
        for first, group in enumerate(groups):
            if len(group) >= _SHORTEST_FIRST_GROUP:
                upto = min(len(groups), first + _MOST_GROUPS)
                yield from ("".join(groups[first : last + 1]) for last in range(first, upto))


def _is_card(digits: str) -> bool:
    """Whether issuer and length belong together and the check digit is right (Luhn, ISO/IEC 7812-1, annex B)."""
    issued = any(
        len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high for low, high, lengths in _ISSUERS
    )
    if not issued or (len(digits) == _EAN_LENGTH and _is_ean(digits)):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_ean(digits: str) -> bool:
    """Whether it is the number below a bar code, which has the length of the oldest cards."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _is_iban(text: str) -> bool:
    length = _IBAN_LENGTHS.get(text[:2].upper(), 0)
    code = re.match(rf"(?:[A-Z0-9][ -]?){{{length - 1}}}[A-Z0-9](?![A-Z0-9])", text, re.IGNORECASE) if length else None
    if code is None:
        return False
    joined = re.sub("[ -]", "", code.group())
    return int("".join(str(int(character, 36)) for character in joined[4:] + joined[:4])) % _IBAN_MODULUS == 1
