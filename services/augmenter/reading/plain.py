"""Reads plain text. Knows no markup; the paragraphs are what blank lines and short lines make of it."""

import re
from itertools import pairwise
from pathlib import Path

from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.encoding import decode_text
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.line_marks import ends_sentence, starts_item, without_bullet

_LINE_END = re.compile("\r\n?|[\x85\u2028]")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+|[\f\u2029]")
# No one wraps lines by hand at more.
_WIDEST_WRAPPED_LINE = 120


def read(path: Path, limits: ReadingLimits) -> Document:
    """The document at `path`; raise Refused where it is no text or over the limits."""
    return document_of(decode_text(path.read_bytes()), limits)


def document_of(text: str, limits: ReadingLimits, *, title: str = "") -> Document:
    """The document that `text` is; raise Refused where there is nothing to read in it or it is over the limits."""
    collector = PassageCollector(limits)
    for block in _BLANK_LINES.split(_LINE_END.sub("\n", text)):
        for paragraph in _paragraphs(block.strip("\n").split("\n")):
            collector.add_paragraph(without_bullet(paragraph))
    return collector.document(title=title)


def _paragraphs(lines: list[str]) -> list[str]:
    """Lines without a blank one between them, joined where they were wrapped."""
    width = max(map(len, lines))
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        if width > _WIDEST_WRAPPED_LINE or starts_item(line) or _ends_paragraph(before, line, width):
            groups.append([line])
        else:
            groups[-1].append(line)
    return [" ".join(group) for group in groups]


def _ends_paragraph(before: str, line: str, width: int) -> bool:
    """Whether `before` ends a sentence although the next word would have fitted in it."""
    first_word = line.split(maxsplit=1)[:1]
    fits = len(before.rstrip()) + 1 + len("".join(first_word)) <= width
    return fits and ends_sentence(before)
