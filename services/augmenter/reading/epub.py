"""Reads electronic books in EPUB; each part of a book's spine counts as a page. Does not break copy protection."""

import posixpath
import re
from html.entities import html5
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from services.augmenter.reading.archive import open_archive
from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.encoding import decode_text
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.markup import MarkupReader, drop_unseen, local_name, parse_html
from services.augmenter.reading.refusals import Refusal, Refused
from services.augmenter.reading.tidying import iso_date

_CONTAINER = "META-INF/container.xml"
_COPY_PROTECTION = frozenset({"META-INF/rights.xml", "META-INF/license.lcpl", "META-INF/sinf.xml"})
_CHAPTER_TYPES = ("application/xhtml+xml", "text/html")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Empty in XHTML; HTML would take all that follows for their content.
_ENDLESS_IN_HTML = re.compile(r"<(?:title|script|style|iframe|textarea)\b[^>]*/>", re.IGNORECASE)
_NAMED_CHARACTER = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(\w{2,31});")


def read(path: Path, limits: ReadingLimits) -> Document:
    """The book at `path`; raise Refused where it is protected, without text or over the limits."""
    with open_archive(path, limits) as archive:
        if _COPY_PROTECTION.intersection(archive.namelist()):
            raise Refused(Refusal.ENCRYPTED)
        package_name = _package_name(archive)
        package = _parse(archive.read(package_name))
        chapters = _chapter_names(package, package_name)
        if len(chapters) > limits.pages:
            raise Refused(Refusal.TOO_MANY_PAGES)
        collector = PassageCollector(limits)
        for collector.page, chapter in enumerate(chapters, start=1):
            text = _parse_chapter(archive.read(chapter))
            drop_unseen(text)
            MarkupReader(collector, ("nav",)).read(text)
    date = iso_date(_metadata(package, "date"))
    return collector.document(title=_metadata(package, "title"), date=date, pages=len(chapters))


def _package_name(archive: ZipFile) -> str:
    for element in _named(_parse(archive.read(_CONTAINER)), "rootfile"):
        return str(element.get("full-path", ""))
    raise Refused(Refusal.DAMAGED)


def _chapter_names(package: etree._Element, package_name: str) -> list[str]:
    """Where the book's texts lie in the archive, in reading order, each once."""
    folder = posixpath.dirname(package_name)
    places = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        for item in _named(package, "item")
        if item.get("media-type") in _CHAPTER_TYPES
    }
    order = dict.fromkeys(item.get("idref") for item in _named(package, "itemref"))
    return [places[identifier] for identifier in order if identifier in places]


def _metadata(package: etree._Element, name: str) -> str:
    return next((element.text or "" for element in _named(package, name)), "")


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    return [element for element in root.iter() if local_name(element) == name]


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)


def _parse_chapter(data: bytes) -> etree._Element:
    """XHTML as a tree, as HTML where it has faults; entities that the book declares itself stay unread."""
    text = decode_text(data, declares_encoding=True)
    markup = _NAMED_CHARACTER.sub(lambda found: html5.get(f"{found[1]};", found[0]), _DECLARATION.sub("", text))
    try:
        root = _parse(markup.encode("utf-8", errors="replace"))
    except etree.XMLSyntaxError:
        return parse_html(_ENDLESS_IN_HTML.sub("", markup))
    etree.strip_elements(root, etree.Entity, with_tail=False)
    return root
