"""Tells telephone numbers from dates, prices, measures, identifiers and versions. Knows not whose they are."""

import re

_INTERNATIONAL = re.compile(
    r"(?<![\w.,:/+-])(?:\+[1-9]\d{0,2}"
    r"|00[1-9]\d{0,2})[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d{1,5}(?:[ ./-]?\d{2,5}){1,5}(?![\w/:%-])"
)
_NATIONAL = re.compile(
    r"(?<![\w.,:/+-])(?:\(0[1-9]\d{0,4}\)|0[1-9]\d{0,4})[ ./-]?\d{2,8}(?:[ ./-]?\d{2,4}){0,4}(?![\w/:%-]|[.,]\d)"
)
_AMERICAN = re.compile(
    r"(?<![\w.,:/-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\w-]|[.,]\d)"
)
_CHINESE_MOBILE = re.compile(r"(?<![\w.,:/+-])1[3-9]\d(?:[ -]?\d{4}){2}(?!\w)|(?<=[\u4e00-\u9fff:])1[3-9]\d{9}(?!\d)")
_BESIDE_CUE = re.compile(r"(?<![\w.,:/+-])(?:\d{9,12}|\d{3}[ .-]\d{3}[ .-]\d{3,4}|\d{3} \d{6,7})(?![\w/:%-]|[.,]\d)")
# What is said beside telephone numbers; a number in a doubtful form counts only there.
_CUE = re.compile(
    r"\b(?:tel|telephone|telefon\w*|t[ée]l[ée]phone|tél|tel[ée]fono|phone\w*|mobile|mobil\w*|cell|cellphone|handy\w*"
    r"|fax|whatsapp|ring|dial\w*|call|calls|called (?:at|on)|reach\w*|erreichbar|portable|móvil|appele[rz])\b"
    r"|电话|手机|☎|📞",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:isbn|issn|ean|orcid|doi|imei|patent|order|invoice|article|item|catalogue|catalog|chapter|serial|version"
    r"|build|page|room|row|bestellnummer|artikelnummer)\b[^\d+]{0,24}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[./ -]\d{1,2}[./ -](?:\d{4}|\d{2})(?:[ -]\d{1,2}[./ -]\d{1,2}[./ -](?:\d{4}|\d{2}))?")
_FEWEST_DIGITS = 8
_FEWEST_AFTER_TWO_ZEROS = 10
_FEWEST_WITHOUT_CUE = 10
_MOST_DIGITS = 15


def holds_phone_number(text: str) -> bool:
    """Whether something in `text` can be dialled, as far as form and the words beside it tell."""
    has_cue = _CUE.search(text) is not None
    patterns = (_INTERNATIONAL, _NATIONAL, _AMERICAN, _CHINESE_MOBILE, *((_BESIDE_CUE,) if has_cue else ()))
    return any(_can_be_dialled(match, has_cue) for pattern in patterns for match in pattern.finditer(text))


def _can_be_dialled(match: re.Match[str], has_cue: bool) -> bool:
    number = match.group()
    if _DATE.fullmatch(number) or _LABEL.search(match.string, 0, match.start()):
        return False
    digits = sum(map(str.isdigit, number))
    return _fewest_digits(match, has_cue) <= digits <= _MOST_DIGITS and (
        has_cue or match.re is not _NATIONAL or not number.isdigit()
    )


def _fewest_digits(match: re.Match[str], has_cue: bool) -> int:
    if match.group().startswith("00"):
        return _FEWEST_AFTER_TWO_ZEROS
    return _FEWEST_WITHOUT_CUE if match.re is _NATIONAL and not has_cue else _FEWEST_DIGITS
