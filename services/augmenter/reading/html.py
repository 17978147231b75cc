"""Reads web pages without their menus, banners and advertisements. Does not fetch anything."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from lxml.html import tostring  # type: ignore[import-untyped]  # ships no types
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import convert_to_html

from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.encoding import decode_text
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.markup import MarkupReader, drop_unseen, parse_html
from services.augmenter.reading.tidying import iso_date

# What is never text, where a page is too small for trafilatura to tell its text from the rest.
_NEVER_TEXT = ("nav", "footer", "form", "dialog")
_SMALL_PAGE_CHARACTERS = 4000
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
# Only what the page's metadata says; guessing from the text finds dates of anything.
_DATE_SEARCH = {"extensive_search": False, "original_date": False}


def read(path: Path, limits: ReadingLimits) -> Document:
    """The document at `path`; raise Refused where there is no text in it or it is over the limits."""
    text = _seen_part(decode_text(path.read_bytes(), declares_encoding=True))
    page = bare_extraction(text, with_metadata=True, include_comments=False, date_extraction_params=_DATE_SEARCH)
    if page is None or isinstance(page, dict):
        return _read_whole(text, limits)
    title, date = page.title or "", iso_date(page.date or "")
    if len(text) <= _SMALL_PAGE_CHARACTERS:
        # Little text comes out of trafilatura without its structure, which is of use where all of the text came.
        whole = _read_whole(text, limits)
        found = _letters(page.text or "")
        if all(_letters(passage.text) in found for passage in whole.passages):
            return replace(whole, title=title or whole.title, date=date)
    collector = PassageCollector(limits)
    MarkupReader(collector).read(convert_to_html(page.body))
    return collector.document(title=title, date=date)


def _seen_part(text: str) -> str:
    root = parse_html(text)
    drop_unseen(root)
    return str(tostring(root, encoding="unicode"))


def _read_whole(text: str, limits: ReadingLimits) -> Document:
    collector = PassageCollector(limits)
    title = _TITLE.search(text)
    MarkupReader(collector, _NEVER_TEXT).read(parse_html(text))
    return collector.document(title=unescape(title[1]) if title else "")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
