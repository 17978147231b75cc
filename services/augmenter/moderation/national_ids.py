"""Finds numbers that states give to persons, by form and check digits, or by what they are called. Knows no names."""

import re
from collections.abc import Callable

_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_UK_NINO = re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_ITALIAN = re.compile(r"\b[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]\b")
_FRENCH = re.compile(r"(?<!\d)[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\d)")
_SPANISH = re.compile(r"\b[XYZ\d]\d{7}-?[A-Z]\b")
_CHINESE = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])")
# Numbers of plain digits count only beside their name.
_NAMED = re.compile(
    r"\b(?:SSN|social security (?:number|no\.?)|BSN|burgerservicenummer|PESEL|steuer-?id(?:entifikationsnummer)?"
    r"|sozialversicherungsnummer|rentenversicherungsnummer|CPF|aadhaar|personnummer|passport (?:number|no\.?)"
    r"|national id(?:entity)?(?: card)?(?: number)?|reisepassnummer)\b\D{0,30}?(?=[A-Z]?\d(?:[ .-]?[\dA-Z]){7,})",
    re.IGNORECASE,
)
_FRENCH_MODULUS = 97
_SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINESE_CHECKS = "10X98765432"


def holds_national_id(text: str) -> bool:
    """Whether `text` holds a number by which a state knows somebody."""
    if any(pattern.search(text) for pattern in (_SSN, _UK_NINO, _ITALIAN, _NAMED)):
        return True
    return (
        _any_valid(_FRENCH, text, _is_french)
        or _any_valid(_SPANISH, text, _is_spanish)
        or _any_valid(_CHINESE, text, _is_chinese)
    )


def _any_valid(pattern: re.Pattern[str], text: str, is_valid: Callable[[str], bool]) -> bool:
    return any(is_valid(re.sub("[ -]", "", match.group())) for match in pattern.finditer(text))


def _is_french(number: str) -> bool:
    """Corsica's 2A and 2B count as 19 and 18."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return int(digits) % _FRENCH_MODULUS == _FRENCH_MODULUS - int(number[13:])


def _is_spanish(number: str) -> bool:
    """The leading letter of foreigners counts as a digit."""
    digits = str("XYZ".find(number[0])) + number[1:8] if number[0] in "XYZ" else number[:8]
    return _SPANISH_LETTERS[int(digits) % len(_SPANISH_LETTERS)] == number[8]


def _is_chinese(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_CHINESE_WEIGHTS, number, strict=False))
    return _CHINESE_CHECKS[total % len(_CHINESE_CHECKS)] == number[17].upper()
