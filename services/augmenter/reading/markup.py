"""Reads headings, paragraphs, list items and tables from a tree of HTML. Does not know what of a page matters."""

import re
from collections.abc import Collection

from lxml import etree  # type: ignore[import-untyped]  # ships no types
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]  # ships no types

from services.augmenter.reading.collector import PassageCollector

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "p",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
_UNREAD = frozenset((
    "audio", "button", "canvas", "embed", "head", "iframe", "input", "map", "math", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "video",
))
# fmt: on
_UNSEEN = frozenset(("iframe", "noscript", "script", "style", "svg", "template"))
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# What it tells of a page is read from its scripts, where they stand apart.
_METADATA = "application/ld+json"


def parse_html(text: str) -> etree._Element:
    """`text` as a tree, whatever is wrong with it; an empty one where there is nothing in it."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except etree.ParserError:
        return etree.Element("html")


def drop_unseen(root: etree._Element) -> None:
    """Take from the body under `root` what its readers do not see: orders to language models are put there."""
    walk = etree.iterwalk(root, events=("start",))
    unseen = []
    for _, element in walk:
        name = local_name(element)
        if element is not root and name != "head" and _is_unseen(element, name):
            unseen.append(element)
        elif name != "head":
            continue
        walk.skip_subtree()
    for element in unseen:
        _drop(element)


def _is_unseen(element: etree._Element, name: str) -> bool:
    if name == "script" and element.get("type") == _METADATA and local_name(element.getparent()) == "body":
        return False
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return name in _UNSEEN or hidden or _HIDING_STYLE.search(element.get("style") or "") is not None


def _drop(element: etree._Element) -> None:
    """Remove `element`, but not the text behind it."""
    parent, before, behind = element.getparent(), element.getprevious(), element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + behind
    else:
        before.tail = (before.tail or "") + behind
    parent.remove(element)


class MarkupReader:
    """Adds what it meets in a tree to a collector, in order; passes over elements called one of `unread`."""

    def __init__(self, collector: PassageCollector, unread: Collection[str] = ()) -> None:
        self._collector = collector
        self._unread = _UNREAD.union(unread)
        self._inline: list[str] = []

    def read(self, root: etree._Element) -> None:
        """Add all that `root` holds. Raise Refused at the collector's limits."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            name = local_name(element)
            if event == "end":
                self._leave(name)
                if element is not root:
                    self._inline.append(element.tail or "")
            elif self._is_read_whole(element, name):
                walk.skip_subtree()
            else:
                self._enter(element, name)
        self._end_paragraph()

    def _is_read_whole(self, element: etree._Element, name: str) -> bool:
        """Add `element` at once where it is a heading, code or a table of data; say whether its inside is done."""
        if name in self._unread:
            return True
        if name in _HEADINGS:
            self._end_paragraph()
            self._collector.add_heading(_HEADINGS[name], _text(element))
            return True
        if name == "pre":
            self._end_paragraph()
            self._collector.add_code("".join(element.itertext()))
            return True
        if name == "table" and not _lays_out(element):
            self._end_paragraph()
            self._read_table(element)
            return True
        return False

    def _enter(self, element: etree._Element, name: str) -> None:
        # A definition goes on in the line of what it defines.
        if name in _BLOCKS and name != "dd":
            self._end_paragraph()
        self._inline.append("\n" if name == "br" else element.text or "")

    def _leave(self, name: str) -> None:
        if name == "dt":
            self._inline = ["".join(self._inline).rstrip().removesuffix(":"), ": "]
        elif name in _BLOCKS:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = "".join(self._inline)
        self._inline.clear()
        self._collector.add_paragraph(text)

    def _read_table(self, table: etree._Element) -> None:
        for caption in _children(table, "caption"):
            self._collector.add_paragraph(_text(caption))
        rows = [_children(row, "td", "th") for row in table.iter() if local_name(row) == "tr"]
        headed = bool(rows) and len(rows[0]) > 1 and all(local_name(cell) == "th" for cell in rows[0])
        self._collector.add_table([[_text(cell) for cell in row] for row in rows], headed=headed)


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace, in small letters; empty for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _lays_out(table: etree._Element) -> bool:
    """Whether `table` arranges a page instead of data."""
    return any(
        name in _HEADINGS or (name == "table" and element is not table)
        for element in table.iter()
        for name in [local_name(element)]
    )


def _children(element: etree._Element, *names: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) in names]


def _text(element: etree._Element) -> str:
    """The element's text with spaces where its blocks end."""
    pieces: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        apart = local_name(part) in _BLOCKS or local_name(part) == "br"
        if event == "start":
            pieces.append(part.text or "")
        elif part is not element:
            pieces.append(f"{' ' if apart else ''}{part.tail or ''}")
    return "".join(pieces)
