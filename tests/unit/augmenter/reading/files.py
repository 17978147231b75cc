"""Files made by the libraries that people make them with, as bytes."""

import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from docx.document import Document as WordDocument
from fpdf import FPDF
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from services.augmenter.reading.limits import ReadingLimits

FOX = "The quick brown fox jumps over the lazy dog while the sun shines on the hills behind the old mill. "
CITIES = (("City", "People"), ("Porto", "230000"), ("Faro", "60000"))
LIMITS = ReadingLimits(seconds=60, memory_mebibytes=512, unpacked_mebibytes=50, pages=50, characters=1_000_000)


def limits(**changed: float) -> ReadingLimits:
    return replace(LIMITS, **changed)  # type: ignore[arg-type]


class Report(FPDF):
    """Pages with a running header and a page number."""

    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 5, "Annual report of the mill", new_x="LMARGIN", new_y="NEXT")
        self.ln(5)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="C")

    def say(self, text: str, size: int = 11) -> None:
        self.set_font("helvetica", size=size)
        self.multi_cell(0, size / 2, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(4)


def plain_page(*texts: str) -> bytes:
    """A page with nothing but paragraphs."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=11)
    for text in texts:
        page.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
        page.ln(4)
    return as_bytes(page)


def pdf_report(pages: int = 3) -> Report:
    report = Report()
    report.set_title("The mill in figures")
    report.set_creation_date(datetime(2024, 5, 6))
    for number in range(1, pages + 1):
        report.add_page()
        report.say(f"Chapter {number}", size=18)
        report.say(f"Fact {number}: the mill ground {number} tons of flour. {FOX * 3}")
        report.say(f"The miller of part {number} is called Ada.")
    return report


def as_bytes(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def pdf_bomb(mebibytes: int) -> bytes:
    """One page whose content is that much white space, packed well; PDFium does without a table of objects."""
    packed = zlib.compress(bytes([32]) * mebibytes * 1024 * 1024, 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    )
    body = b"".join(b"%d 0 obj%b endobj\n" % (number, content) for number, content in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 5/Root 1 0 R>>\n%%EOF"


def scanned_pdf(pages: int = 2) -> bytes:
    scan = FPDF()
    for _ in range(pages):
        scan.add_page()
        scan.image(Image.new("L", (60, 80), 200), x=10, y=10, w=100)
    return as_bytes(scan)


def word_bytes(document: WordDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def handbook() -> WordDocument:
    document = docx.Document()
    document.core_properties.title = "Mill handbook"
    document.core_properties.modified = datetime(2023, 2, 1)
    document.add_heading("Machines", 1)
    document.add_paragraph("The mill has two machines.")
    document.add_heading("Sieve", 2)
    document.add_paragraph("It shakes.", style="List Bullet")
    document.add_paragraph("It is made of silk.", style="List Number")
    document.add_heading("Towns", 1)
    fill(document.add_table(len(CITIES), 2, style="Light Grid Accent 1"), CITIES)
    return document


def fill(table: object, rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text  # type: ignore[attr-defined]


def slides() -> bytes:
    presentation = Presentation()
    presentation.core_properties.title = "Mill talk"
    presentation.core_properties.modified = datetime(2022, 3, 4)
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Flour"
    first.placeholders[1].text = "It is white.\nIt is fine."
    first.notes_slide.notes_text_frame.text = "Show the bag."
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Towns"
    box = (Inches(1), Inches(1), Inches(4), Inches(2))
    fill(second.shapes.add_table(len(CITIES), 2, *box).table, CITIES)
    third = presentation.slides.add_slide(presentation.slide_layouts[5])
    third.shapes.title.text = "The mill opens in May"
    group = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_group_shape()
    group.shapes.add_textbox(*box).text_frame.text = "In a group."
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_entry(packed: bytes, name: str, content: bytes | str) -> bytes:
    """`packed` with one entry replaced or added."""
    with ZipFile(io.BytesIO(packed)) as archive:
        entries: dict[str, bytes | str] = {entry: archive.read(entry) for entry in archive.namelist()}
    return zipped({**entries, name: content})


def book(chapters: Mapping[str, str]) -> bytes:
    """An EPUB whose chapters are XHTML bodies, by file name."""
    items = "".join(f'<item id="c{n}" href="{c}" media-type="application/xhtml+xml"/>' for n, c in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>The mill novel</dc:title><dc:date>2019-05-01T00:00:00Z</dc:date></metadata>"
        f'<manifest>{items}<item id="i" href="i.png" media-type="image/png"/></manifest>'
        f"<spine>{spine}</spine></package>"
    )
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    texts = {f"OEBPS/{name}": xhtml(body) for name, body in chapters.items()}
    packed = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package}
    return zipped({**packed, **texts})


def xhtml(body: str, doctype: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{doctype}<html xmlns="http://www.w3.org/1999/xhtml">'
        f'<head><title/><script src="x.js"/></head><body>{body}</body></html>'
    )


def billion_laughs(root: str) -> str:
    """A document type whose entity `a11` would unfold to a hundred thousand million words."""
    steps = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE {root} [<!ENTITY a0 "lol ">{steps}]>'
