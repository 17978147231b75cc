"""Sets a Markdown document as a PDF, as people have it. Knows nothing of learning."""

import re
from collections.abc import Iterator
from pathlib import Path

from fpdf import FPDF
from markdown_it import MarkdownIt

_CHARACTERS = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "€": "EUR"})


def sections_of(markdown: str) -> Iterator[tuple[str, str]]:
    """Each headed section with its text, whatever the level of its heading."""
    for part in re.split(r"^(?=#+ )", markdown, flags=re.MULTILINE):
        heading, _, text = part.partition("\n")
        if text.strip():
            yield heading.lstrip("# ").strip(), text.strip()


def write_pdf(markdown: str, path: Path) -> int:
    """Write `markdown` to `path`, each chapter on a new page; return its pages."""
    pdf = FPDF(format="A4")
    pdf.set_margin(25)
    pdf.set_font("Helvetica", size=12)
    pdf.set_title(next(_chapters(markdown)).partition("\n")[0].lstrip("# ").translate(_CHARACTERS))
    for chapter in _chapters(markdown):
        pdf.add_page()
        pdf.write_html(MarkdownIt("commonmark").enable("table").render(chapter.translate(_CHARACTERS)))
    pdf.output(str(path))
    return int(pdf.pages_count)


def _chapters(markdown: str) -> Iterator[str]:
    yield from re.split(r"^(?=## )", markdown, flags=re.MULTILINE)
