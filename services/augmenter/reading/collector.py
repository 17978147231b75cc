"""Gathers a document's passages under their headings and counts their characters. Does not know any format."""

from collections.abc import Sequence

from services.augmenter.reading.document import Document, Passage
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused
from services.augmenter.reading.tables import table_lines
from services.augmenter.reading.tidying import tidy_lines, tidy_text, tidy_title

_LONGEST_HEADING = 200
_DEEPEST_HEADING = 6


class PassageCollector:
    """Takes headings and text in reading order; `page` is where the next ones stand, `count` how many there are."""

    def __init__(self, limits: ReadingLimits) -> None:
        self.page = 0
        self.count = 0
        self._characters_left = limits.characters
        self._open: list[tuple[int, str]] = []
        self._path: tuple[str, ...] = ()
        self._first_heading = ""
        self._passages: list[Passage] = []

    def add_heading(self, level: int, text: str) -> None:
        """Put what comes next under `text`; a smaller `level` is further out. Raise Refused at the limit."""
        heading = tidy_text(text)[:_LONGEST_HEADING]
        if not heading:
            return
        self._count(heading)
        self._first_heading = self._first_heading or heading
        self._open = [(other, name) for other, name in self._open if other < level][: _DEEPEST_HEADING - 1]
        self._open.append((level, heading))
        self._path = tuple(name for _, name in self._open)

    def end_sections(self) -> None:
        """Put what comes next under no heading."""
        self._open.clear()
        self._path = ()

    def add_paragraph(self, text: str) -> None:
        """Add `text` as one passage, unless there is nothing to read in it. Raise Refused at the limit."""
        self._add(tidy_text(text))

    def add_code(self, text: str) -> None:
        """Add `text` as one passage that keeps its lines. Raise Refused at the limit."""
        self._add(tidy_lines(text))

    def add_table(self, rows: Sequence[Sequence[str]], *, headed: bool) -> None:
        """Add each row as a passage; `headed` says that the first one names the columns. Raise Refused at the limit."""
        for line in table_lines([[tidy_text(cell) for cell in row] for row in rows], headed=headed):
            self._add(line)

    def document(self, *, title: str = "", date: str = "", pages: int = 0) -> Document:
        """All that was added, called `title` or after its first heading. Raise Refused where there is no text."""
        if not self._passages:
            raise Refused(Refusal.WITHOUT_TEXT)
        name = tidy_title(title) or tidy_title(self._first_heading)
        return Document(name[:_LONGEST_HEADING], date, pages, tuple(self._passages))

    def _add(self, text: str) -> None:
        if any(map(str.isalnum, text)):
            self._count(text)
            self.count += 1
            self._passages.append(Passage(text, self._path, self.page))

    def _count(self, text: str) -> None:
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise Refused(Refusal.TOO_MANY_CHARACTERS)
