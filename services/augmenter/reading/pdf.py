"""Reads PDF files that have a text layer. Does not recognise text in pictures, nor tables."""

import re
from itertools import islice
from pathlib import Path

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # ships no types
from pypdfium2 import PdfDocument, PdfiumError

from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.line_marks import without_bullet
from services.augmenter.reading.pdf_furniture import drop_furniture
from services.augmenter.reading.pdf_headings import OutlineEntry, headings_by_outline, headings_by_size, title_by_size
from services.augmenter.reading.pdf_lines import Line, read_lines
from services.augmenter.reading.pdf_paragraphs import join_lines
from services.augmenter.reading.refusals import Refusal, Refused
from services.augmenter.reading.tidying import iso_date

_END = b"%%EOF"
# Some programs write a little after the end.
_END_WITHIN_BYTES = 2048
_MOST_OUTLINE_ENTRIES = 10_000
_NO_TITLE = re.compile(
    r"microsoft \w+ - .*|untitled.*|.*\.(?:docx?|pptx?|xlsx?|odt|rtf|tex|indd|pdf|html?)", re.IGNORECASE
)


def read(path: Path, limits: ReadingLimits) -> Document:
    """The document at `path`; raise Refused where it is encrypted, damaged, scanned or over the limits."""
    _check_end(path)
    pdf = _open(path)
    if len(pdf) > limits.pages:
        raise Refused(Refusal.TOO_MANY_PAGES)
    lines = drop_furniture([_page_lines(pdf, number) for number in range(1, len(pdf) + 1)])
    if not lines:
        raise Refused(Refusal.SCANNED)
    paragraphs = join_lines(lines)
    outline = _outline(pdf)
    collector = PassageCollector(limits)
    for block in headings_by_outline(paragraphs, outline) if outline else headings_by_size(paragraphs):
        collector.page = block.page
        if block.level:
            collector.add_heading(block.level, block.text)
        else:
            collector.add_paragraph(without_bullet(block.text))
    facts = pdf.get_metadata_dict()
    told = "" if _NO_TITLE.fullmatch(facts["Title"].strip()) else facts["Title"].strip()
    date = iso_date(facts["ModDate"]) or iso_date(facts["CreationDate"])
    return collector.document(title=told or title_by_size(paragraphs), date=date, pages=len(pdf))


def _check_end(path: Path) -> None:
    """PDFium repairs a cut file by leaving out what is missing; half a document must not pass for the whole."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _END_WITHIN_BYTES, 0))
        if _END not in file.read():
            raise Refused(Refusal.DAMAGED)


def _open(path: Path) -> PdfDocument:
    try:
        return PdfDocument(str(path))
    except PdfiumError as error:
        encrypted = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refused(Refusal.ENCRYPTED if encrypted else Refusal.DAMAGED) from error


def _page_lines(pdf: PdfDocument, number: int) -> list[Line]:
    page = pdf[number - 1]
    try:
        return read_lines(page, number)
    finally:
        page.close()


def _outline(pdf: PdfDocument) -> list[OutlineEntry]:
    entries = []
    for bookmark in islice(pdf.get_toc(), _MOST_OUTLINE_ENTRIES):
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if index is not None:
            entries.append(OutlineEntry(bookmark.level + 1, bookmark.get_title(), index + 1))
    return entries
