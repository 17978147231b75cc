"""Files made to do harm, as bytes."""

import io
from collections.abc import Sequence
from zipfile import ZIP_STORED, ZipFile


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue; PDFium does without a table of them."""
    body = b"".join(b"%d 0 obj%b endobj\n" % (number, content) for number, content in enumerate(objects, start=1))
    return b"%%PDF-1.4\n%btrailer<</Size %d/Root 1 0 R>>\n%%%%EOF" % (body, len(objects) + 1)


def long_pdf(pages: int) -> bytes:
    """So many pages, each with a sentence of its own."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for page in range(pages):
        said = b"BT /F1 12 Tf 72 700 Td (The mill of page %d grinds rye.) Tj ET" % page
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (5 + 2 * page),
            b"<</Length %d>>stream\n%b\nendstream" % (len(said), said),
        ]
    return raw_pdf(objects)


def looping_pdf() -> bytes:
    """The tree of pages holds itself, and the outline follows itself."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>",
            b"<</Type/Pages/Kids[2 0 R 2 0 R]/Parent 2 0 R/Count 1000000>>",
            b"<</Type/Outlines/First 4 0 R/Last 4 0 R/Count 1>>",
            b"<</Title(again)/Parent 3 0 R/Next 4 0 R/First 4 0 R>>",
        ]
    )


def looping_form_pdf() -> bytes:
    """One page, whose content draws a form that draws itself."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</X 4 0 R>>>>/Contents 5 0 R>>",
            b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 9>>"
            b"stream\n/X Do /X Do\nendstream",
            b"<</Length 5>>stream\n/X Do\nendstream",
        ]
    )


def crowded_zip(name: str, content: bytes, entries: int) -> bytes:
    """An archive with the entry `name` and so many empty ones."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        archive.writestr(name, content)
        for number in range(entries):
            archive.writestr(f"x/{number}", b"")
    return buffer.getvalue()
