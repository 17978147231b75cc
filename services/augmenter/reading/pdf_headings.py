"""Finds the headings among the paragraphs of a PDF: by its outline, else by the size of the letters."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.augmenter.reading.line_marks import ends_sentence
from services.augmenter.reading.pdf_lines import usual_height
from services.augmenter.reading.pdf_paragraphs import Paragraph

_LARGER = 1.12
_LONGEST_HEADING = 150
_LEVELS_BY_SIZE = 3


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: how deep from 1 on, what it says, and the page it leads to."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading of `level` from 1 on, or a paragraph of level 0."""

    level: int
    text: str
    page: int


def headings_by_outline(paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry]) -> Iterator[Block]:
    """Paragraphs that an entry of their page repeats are headings; entries not met come first on their page."""
    waiting = defaultdict(list)
    for entry in outline:
        waiting[entry.page].append(entry)
    for page, group in groupby(paragraphs, key=lambda paragraph: paragraph.page):
        on_page = list(group)
        met = {_key(paragraph.text) for paragraph in on_page}
        levels = {_key(entry.title): entry.level for entry in waiting[page] if _key(entry.title) in met}
        yield from (Block(entry.level, entry.title, page) for entry in waiting[page] if _key(entry.title) not in met)
        for paragraph in on_page:
            yield Block(levels.pop(_key(paragraph.text), 0), paragraph.text, page)


def headings_by_size(paragraphs: Sequence[Paragraph]) -> Iterator[Block]:
    """Short paragraphs in letters larger than those of most of the text are headings; the largest are outermost."""
    usual = usual_height((paragraph.height, paragraph.text) for paragraph in paragraphs)
    larger = sorted({round(p.height) for p in paragraphs if _may_head(p, usual)}, reverse=True)
    levels = {size: min(level, _LEVELS_BY_SIZE) for level, size in enumerate(larger, start=1)}
    for paragraph in paragraphs:
        level = levels[round(paragraph.height)] if _may_head(paragraph, usual) else 0
        yield Block(level, paragraph.text, paragraph.page)


def title_by_size(paragraphs: Sequence[Paragraph]) -> str:
    """What stands on the first page in the largest letters; empty where they are no larger than the usual ones."""
    usual = usual_height((paragraph.height, paragraph.text) for paragraph in paragraphs)
    candidates = [p for p in paragraphs if p.page == 1 and _may_head(p, usual)]
    return max(candidates, key=lambda paragraph: paragraph.height).text if candidates else ""


def _may_head(paragraph: Paragraph, usual_height: int) -> bool:
    large = paragraph.height > _LARGER * usual_height
    return large and len(paragraph.text) <= _LONGEST_HEADING and not ends_sentence(paragraph.text.rstrip(":?!"))


def _key(text: str) -> str:
    """Letters and digits alone, so that spacing and dots between do not matter."""
    return "".join(filter(str.isalnum, text.casefold()))
