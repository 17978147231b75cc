"""Reads PowerPoint presentations: slides with their notes. Does not know charts, drawings of words, or pictures."""

from collections.abc import Iterable
from pathlib import Path

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.text.text import TextFrame

from services.augmenter.reading.archive import open_archive
from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused

_FURNITURE = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)


def read(path: Path, limits: ReadingLimits) -> Document:
    """The presentation at `path`; raise Refused where there is no text in it or it is over the limits."""
    open_archive(path, limits).close()
    presentation = Presentation(str(path))
    slides = presentation.slides
    if len(slides) > limits.pages:
        raise Refused(Refusal.TOO_MANY_PAGES)
    collector = PassageCollector(limits)
    for collector.page, slide in enumerate(slides, start=1):
        _read_slide(slide, collector)
    facts = presentation.core_properties
    told = facts.modified or facts.created
    date = told.date().isoformat() if told else ""
    return collector.document(title=facts.title or "", date=date, pages=len(slides))


def _read_slide(slide: Slide, collector: PassageCollector) -> None:
    """A slide's title is the heading of all on it; where there is nothing else, it is the text too."""
    title = slide.shapes.title
    heading = title.text_frame.text if title is not None else ""
    collector.end_sections()
    collector.add_heading(1, heading)
    before = collector.count
    _read_shapes((shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id), collector)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None:
        _read_text(notes, collector)
    if collector.count == before:
        collector.add_paragraph(heading)


def _read_shapes(shapes: Iterable[BaseShape], collector: PassageCollector) -> None:
    for shape in shapes:
        if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
            continue
        if isinstance(shape, GroupShape):
            _read_shapes(shape.shapes, collector)
        elif isinstance(shape, GraphicFrame) and shape.has_table:
            table = shape.table
            rows = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
            collector.add_table(rows, headed=table.first_row)
        elif isinstance(shape, Shape) and shape.has_text_frame:
            _read_text(shape.text_frame, collector)


def _read_text(frame: TextFrame, collector: PassageCollector) -> None:
    for paragraph in frame.paragraphs:
        collector.add_paragraph(paragraph.text)
