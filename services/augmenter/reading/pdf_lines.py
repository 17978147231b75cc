"""Takes the lines of text from a PDF page, with where they stand. Does not know what they mean."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # ships no types
from pypdfium2 import PdfPage, PdfTextPage

_LINE_END = "\r\n"
# PDFium writes one of these for a hyphen at the end of a line, and goes on in the same line.
_KEPT_HYPHEN = re.compile("[\x02\ufffe](?=[A-Z0-9])")
_DROPPED_HYPHEN = re.compile("[\x02\ufffe]")
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or several that hyphens join; places are in points from the lower left corner of the page.

    `top` and `left` are where it begins, `last_top` and `right` are where it ends; `height` is that of its letters.
    """

    text: str
    page: int
    left: float
    top: float
    right: float
    last_top: float
    height: float


def usual_height(lines: Iterable[tuple[float, str]]) -> int:
    """The height of letters, in whole points, that most of the text has; 0 where there is none."""
    letters: Counter[int] = Counter()
    for height, text in lines:
        letters[round(height)] += len(text)
    return max(letters, key=lambda height: letters[height], default=0)


def read_lines(page: PdfPage, number: int) -> list[Line]:
    """The lines of `page`, whose number is `number`, in the order in which they were written."""
    text_page = page.get_textpage()
    try:
        lines = []
        start = 0
        for raw in text_page.get_text_range().split(_LINE_END):
            text = raw.strip()
            if text:
                first = start + len(raw) - len(raw.lstrip())
                lines.append(_line(text_page, text, first, number))
            start += len(raw) + len(_LINE_END)
        return lines
    finally:
        text_page.close()


def _line(text_page: PdfTextPage, text: str, first: int, number: int) -> Line:
    left = _box(text_page, first)[0]
    right = _box(text_page, first + len(text) - 1)[2]
    # Brackets and bullets are as high as their font likes.
    letters = [index for index, character in enumerate(text) if character.isalnum()] or [0]
    _, bottom, _, top = _box(text_page, first + letters[0])
    last_top = _box(text_page, first + letters[-1])[3]
    readable = _DROPPED_HYPHEN.sub("", _KEPT_HYPHEN.sub("-", text)).translate(_LIGATURES)
    return Line(readable, number, left, top, right, last_top, top - bottom)


def _box(text_page: PdfTextPage, text_index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character; zeros where PDFium knows no place for it."""
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, text_index)
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box)):
        return (0.0, 0.0, 0.0, 0.0)
    return (box.left, box.bottom, box.right, box.top)
