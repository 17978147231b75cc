"""Formats are told by content; what cannot be read is refused with a sentence."""

import io

import pytest
from PIL import Image

from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import as_bytes, book, handbook, pdf_report, slides, word_bytes, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (as_bytes(pdf_report(1)), "Fact 1"),
        (word_bytes(handbook()), "The mill has"),
        (slides(), "It is white"),
        (book({"a.xhtml": "<p>A novel.</p>"}), "A novel"),
        (b"<!DOCTYPE html>\n<html><body><p>A page of text.</p></body></html>", "A page"),
    ],
)
@pytest.mark.parametrize("name", ["wrong.txt", "wrong.pdf", "none"])
async def test_a_wrong_name_does_not_matter(read: Read, data: bytes, first: str, name: str) -> None:
    texts = [p.text for p in (await read(data, name, "text/plain")).passages]
    assert [text for text in texts if text.startswith(first)]


@pytest.mark.parametrize(
    ("name", "media_type", "text", "headings"),
    [
        ("a.md", "", "Mills grind.", ("Mills",)),
        ("a", "text/markdown; charset=utf-8", "Mills grind.", ("Mills",)),
        ("a.txt", "", "# Mills", ()),
        ("a.html", "", "# Mills", ()),
    ],
)
async def test_names_and_media_types_decide_between_texts(
    read: Read, name: str, media_type: str, text: str, headings: tuple[str, ...]
) -> None:
    document = await read(b"# Mills\n\nMills grind.\n", name, media_type)
    assert (document.passages[0].text, document.passages[0].headings) == (text, headings)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (picture(), "picture.pdf"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "program.txt"),
        (bytes(range(256)) * 40, "rubbish.txt"),
        (bytes(range(1, 256)) * 40, "rubbish.md"),
        (OLE + bytes(600), "old.doc"),
        (zipped({"a.txt": "text"}), "archive.zip"),
        (zipped({"xl/workbook.xml": "<w/>"}), "table.xlsx"),
        (b"{\\rtf1 Mills}", "letter.rtf"),
        (b'<?xml version="1.0"?><svg><text>Mills</text></svg>', "drawing.svg"),
    ],
)
async def test_other_formats_are_refused_with_those_that_work(refusal: Refusal, data: bytes, name: str) -> None:
    error = await refusal(data, name)
    assert error.reason == "DOCUMENT_FORMAT"
    assert all(
        word in error.message for word in ("PDF", "Word", "PowerPoint", "EPUB", "HTML", "Markdown", "plain text")
    )


async def test_an_empty_file_is_told(refusal: Refusal) -> None:
    assert (await refusal(b"", "a.pdf")).reason == "DOCUMENT_EMPTY"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b" \n\t\n--- ***\n", "a.txt"),
        (b"\n\n", "a.md"),
        (b"<!-- nothing -->", "a.md"),
        (b"<!DOCTYPE html>", "a.html"),
        (b"<html></html>", "a.html"),
        (book({"a.xhtml": ""}), "a.epub"),
    ],
)
async def test_blank_text_is_told(refusal: Refusal, data: bytes, name: str) -> None:
    assert (await refusal(data, name)).reason == "DOCUMENT_WITHOUT_TEXT"


async def test_office_files_with_a_password_are_told(refusal: Refusal) -> None:
    locked = OLE + bytes(5000) + "EncryptedPackage".encode("utf-16-le") + bytes(50)
    assert (await refusal(locked, "a.docx")).reason == "DOCUMENT_ENCRYPTED"


async def test_a_name_cannot_forge_the_message(read: Read, refusal: Refusal) -> None:
    error = await refusal(b"", "a{limits}.txt")
    assert error.message == "a{limits}.txt is empty. Send a file with content."
