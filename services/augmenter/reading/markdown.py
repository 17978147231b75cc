"""Reads Markdown, by way of the HTML it stands for. Knows no dialect but CommonMark with tables and front matter."""

import re
from pathlib import Path

from markdown_it import MarkdownIt

from services.augmenter.reading.collector import PassageCollector
from services.augmenter.reading.document import Document
from services.augmenter.reading.encoding import decode_text
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.markup import MarkupReader, parse_html
from services.augmenter.reading.tidying import iso_date

_FRONT_MATTER = re.compile(r"---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)


def read(path: Path, limits: ReadingLimits) -> Document:
    """The document at `path`; raise Refused where there is no text in it or it is over the limits."""
    text = "\n".join(decode_text(path.read_bytes()).splitlines())
    front = _FRONT_MATTER.match(text)
    facts = front[1] if front else ""
    page = MarkdownIt("commonmark").enable("table").render(text[front.end() :] if front else text)
    collector = PassageCollector(limits)
    MarkupReader(collector).read(parse_html(f"<body>{page}</body>"))
    return collector.document(title=_fact(facts, "title"), date=iso_date(_fact(facts, "date")))


def _fact(facts: str, name: str) -> str:
    """The value of a line "name: value" of the front matter, without its quotes."""
    found = re.search(rf"^{name}:[^\S\n]*(.*)$", facts, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else ""
