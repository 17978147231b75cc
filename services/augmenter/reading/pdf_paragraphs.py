"""Joins the lines of a PDF into paragraphs, by the gaps between them. Does not know headings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.augmenter.reading.line_marks import ends_sentence, starts_item
from services.augmenter.reading.pdf_lines import Line

# All as parts of a letter's height.
_WIDEST_LEADING = 2.2
_INDENT = 0.8
_LETTER_WIDTH = 0.45
_SAME_ROW = 0.3
_HEIGHT_TOLERANCE = 0.08
# As a part of the usual distance between lines.
_GAP = 1.35
_COLUMN_GRID_POINTS = 24.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined text, the page it begins on, and the height of its letters in points."""

    text: str
    page: int
    height: float


def join_lines(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs that `lines` make, over the ends of columns and pages."""
    layout = _Layout(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not layout.parts(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Paragraph(_joined(group), group[0].page, group[0].height) for group in groups]


class _Layout:
    """What is usual in a document: distances between lines, and where the lines of each column end."""

    def __init__(self, lines: Sequence[Line]) -> None:
        leadings = defaultdict(list)
        for before, line in pairwise(lines):
            leading = before.last_top - line.top
            if before.page == line.page and _SAME_ROW * line.height < leading < _WIDEST_LEADING * line.height:
                leadings[round(line.height)].append(leading)
        self._leadings = {height: median(found) for height, found in leadings.items()}
        self._right_ends: dict[tuple[int, int], float] = defaultdict(float)
        for line in lines:
            for column in (-1, 0, 1):
                place = (line.page, self._column(line) + column)
                self._right_ends[place] = max(self._right_ends[place], line.right)

    def parts(self, before: Line, line: Line) -> bool:
        """Whether a paragraph ends between two lines that follow each other."""
        height = line.height
        if abs(before.height - height) > _HEIGHT_TOLERANCE * max(before.height, height) or starts_item(line.text):
            return True
        may_end = ends_sentence(before.text)
        leading = before.last_top - line.top
        if before.page != line.page or leading < -_SAME_ROW * height:
            return may_end or not line.text[:1].islower()
        if leading > _GAP * self._leadings.get(round(height), _WIDEST_LEADING * height):
            return True
        if may_end and line.left - before.left > _INDENT * height:
            return True
        return self._had_room(before, line) and (may_end or not line.text[:1].islower())

    def _had_room(self, before: Line, line: Line) -> bool:
        """Whether the first word of `line` would have fitted in the line before."""
        word = line.text.split(maxsplit=1)[0]
        needed = (len(word) + 1) * _LETTER_WIDTH * line.height
        return before.right + needed < self._right_ends[before.page, self._column(line)]

    @staticmethod
    def _column(line: Line) -> int:
        return round(line.left / _COLUMN_GRID_POINTS)


def _joined(lines: Sequence[Line]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        hyphenated = text.endswith("-") and text[-2:-1].isalpha() and line.text[:1].islower()
        text = text[:-1] + line.text if hyphenated else f"{text} {line.text}"
    return text
