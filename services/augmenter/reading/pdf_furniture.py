"""Leaves out what is printed on every page: running headers, footers, page numbers. Does not know what text means."""

import re
from collections import Counter
from collections.abc import Sequence
from heapq import nlargest

from services.augmenter.reading.pdf_lines import Line, usual_height

_LINES_AT_EDGE = 2
_PAGES_THAT_REPEAT = 3
_LARGER = 1.05
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:(?:page|seite|p\.|s\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|von|/)\s*\d{1,4})?[-–—\s]*",
    re.IGNORECASE,
)
# What leads to the page number in a table of contents.
_LEADERS = re.compile(r"(?:[.…]\s?){4,}\s*[\divxlc]{1,7}$")
_NUMBER_AT_END = re.compile(r"^\d{1,4}\s+|\s+\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?$")


def drop_furniture(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """All lines of `pages` in order, but page numbers, a table of contents, and what repeats at their edges."""
    usual = usual_height((line.height, line.text) for lines in pages for line in lines)
    found = Counter(place for lines in pages for place in {_place(line, usual) for line in _at_edges(lines)})
    enough = min(_PAGES_THAT_REPEAT, max(len(pages), 2))
    kept: list[Line] = []
    for lines in pages:
        edges = set(_at_edges(lines))
        for line in lines:
            is_number = len(lines) > 1 and _PAGE_NUMBER.fullmatch(line.text) is not None
            repeats = found[_place(line, usual)] >= enough
            at_edge = line in edges and (is_number or repeats)
            if not at_edge and not _LEADERS.search(line.text):
                kept.append(line)
    return kept


def _at_edges(lines: Sequence[Line]) -> list[Line]:
    """The highest and the lowest lines of a page."""
    highest = nlargest(_LINES_AT_EDGE, lines, key=lambda line: line.top)
    return [*highest, *nlargest(_LINES_AT_EDGE, lines, key=lambda line: -line.last_top)]


def _place(line: Line, usual: int) -> tuple[str, int]:
    """What is the same on all pages: the height on the page, and the text but for a page number before or after it.

    Headings are numbered too, but larger than most text.
    """
    text = line.text if line.height > _LARGER * usual else _NUMBER_AT_END.sub("#", line.text)
    return text, round(line.top)
