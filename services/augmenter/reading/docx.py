"""Reads Word documents. Does not know pages, which only exist once they are laid out, nor headers and footnotes."""

import re
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from services.augmenter.reading.archive import open_archive
from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.limits import ReadingLimits

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"toc (?:\d|heading)", re.IGNORECASE)
_TITLE_LEVEL = 0
_NO_LEVEL = 9
_LONGEST_STYLE_CHAIN = 10
_WIDEST_SPAN = 64
_PARAGRAPH, _TABLE, _TEXT_BOX = qn("w:p"), qn("w:tbl"), qn("w:txbxContent")
_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))
_REMOVED = frozenset(
    (qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_CHARACTERS = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " ", qn("w:noBreakHyphen"): "-"}
_PLAIN_TABLE_STYLES = frozenset({"TableGrid", "TableNormal"})


def read(path: Path, limits: ReadingLimits) -> Document:
    """The document at `path`; raise Refused where there is no text in it or it is over the limits."""
    open_archive(path, limits).close()
    word = docx.Document(str(path))
    collector = PassageCollector(limits)
    _BodyReader(word, collector).read_blocks(word.element.body)
    facts = word.core_properties
    told = facts.modified or facts.created
    return collector.document(title=facts.title or "", date=told.date().isoformat() if told else "")


class _BodyReader:
    """Walks the body; what stands in the styles decides what is a heading."""

    def __init__(self, word: WordDocument, collector: PassageCollector) -> None:
        self._collector = collector
        self._levels: dict[str, int] = {}
        self._contents: set[str] = set()
        self._learn_styles(word)

    def read_blocks(self, container: BaseOxmlElement) -> None:
        """Add the paragraphs and tables of `container`, those in content controls and insertions too."""
        for block in container:
            if block.tag == _PARAGRAPH:
                self._read_paragraph(block)
            elif block.tag == _TABLE:
                self._read_table(block)
            elif block.tag in _WRAPPERS:
                self.read_blocks(block)

    def _read_table(self, table: BaseOxmlElement) -> None:
        rows = [_cells(row) for row in _rows(table)]
        if max(map(len, rows), default=0) > 1:
            self._collector.add_table(list(_row_texts(rows)), headed=_is_headed(table))
            return
        # One column is a frame around text.
        for cell in (cell for row in rows for cell in row):
            self.read_blocks(cell)

    def _learn_styles(self, word: WordDocument) -> None:
        for style in word.styles:
            if style.type != WD_STYLE_TYPE.PARAGRAPH:
                continue
            ancestor = style
            for _ in range(_LONGEST_STYLE_CHAIN):
                name = ancestor.name or ""
                found = _HEADING.match(name)
                if found or name == "Title":
                    self._levels[style.style_id] = int(found[1]) if found else _TITLE_LEVEL
                    break
                if _CONTENTS.match(name):
                    self._contents.add(style.style_id)
                if ancestor.base_style is None:
                    break
                ancestor = ancestor.base_style

    def _read_paragraph(self, paragraph: BaseOxmlElement) -> None:
        style = _value(paragraph, "w:pPr/w:pStyle")
        outline = _value(paragraph, "w:pPr/w:outlineLvl")
        if style in self._contents:
            return
        text = _paragraph_text(paragraph)
        if style in self._levels:
            self._collector.add_heading(self._levels[style], text)
        elif outline.isdigit() and int(outline) < _NO_LEVEL:
            self._collector.add_heading(int(outline) + 1, text)
        else:
            self._collector.add_paragraph(text)
        for box in paragraph.iter(_TEXT_BOX):
            if _is_own(box, paragraph):
                self.read_blocks(box)


def _value(element: BaseOxmlElement, path: str) -> str:
    """The value of the one element at `path`, such as w:pPr/w:pStyle; empty where it is missing."""
    found = element.find("/".join(map(qn, path.split("/"))))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _paragraph_text(paragraph: BaseOxmlElement) -> str:
    return "".join(
        _CHARACTERS.get(piece.tag) or piece.text or ""
        for piece in paragraph.iter(qn("w:t"), *_CHARACTERS)
        if _is_own(piece, paragraph)
    )


def _is_own(piece: BaseOxmlElement, paragraph: BaseOxmlElement) -> bool:
    """Whether `piece` stands in `paragraph` itself: not in a text box in it, nor in what was deleted."""
    for ancestor in piece.iterancestors():
        if ancestor.tag == _PARAGRAPH:
            return ancestor is paragraph
        if ancestor.tag in _REMOVED:
            return False
    return False


def _rows(table: BaseOxmlElement) -> list[BaseOxmlElement]:
    return [row for row in table.iter(qn("w:tr")) if next(row.iterancestors(_TABLE)) is table]


def _cells(row: BaseOxmlElement) -> list[BaseOxmlElement]:
    return [cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]


def _row_texts(rows: list[list[BaseOxmlElement]]) -> Iterator[list[str]]:
    """The text of each cell; a cell merged downwards counts in each of its rows."""
    above: list[str] = []
    for row in rows:
        texts: list[str] = []
        for cell in row:
            texts.extend(_cell_texts(cell, above[len(texts) : len(texts) + 1]))
        yield texts
        above = texts


def _cell_texts(cell: BaseOxmlElement, above: list[str]) -> list[str]:
    """The cell's text, then an empty one for each further column that it covers."""
    merged = cell.find("/".join(map(qn, ("w:tcPr", "w:vMerge"))))
    span = _value(cell, "w:tcPr/w:gridSpan")
    columns = min(int(span), _WIDEST_SPAN) if span.isdigit() else 1
    goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
    text = " ".join(above) if goes_on else " ".join(map(_paragraph_text, cell.iter(_PARAGRAPH)))
    return [text, *[""] * (columns - 1)]


def _is_headed(table: BaseOxmlElement) -> bool:
    """Whether the first row names the columns: it is marked so, all bold, of a style that says so, or one of many."""
    row = table.find(qn("w:tr"))
    if row is None:
        return False
    runs = [run for run in row.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
    bold = bool(runs) and all(run.find("/".join(map(qn, ("w:rPr", "w:b")))) is not None for run in runs)
    marked = row.find("/".join(map(qn, ("w:trPr", "w:tblHeader")))) is not None
    style = _value(table, "w:tblPr/w:tblStyle")
    styled = bool(style) and style not in _PLAIN_TABLE_STYLES
    return marked or bold or styled or len(list(row.iterchildren(qn("w:tc")))) > 2
