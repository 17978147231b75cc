"""Word and PowerPoint: headings, lists, tables, notes; entities and bombs in the XML."""

import io
from zipfile import ZipFile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import (
    billion_laughs,
    fill,
    handbook,
    slides,
    with_entry,
    word_bytes,
)

ROWS = ["City: Porto; People: 230000", "City: Faro; People: 60000"]


async def test_word_keeps_headings_lists_and_tables(read: Read) -> None:
    document = await read(word_bytes(handbook()), "handbook.docx")
    assert (document.title, document.date, document.pages) == ("Mill handbook", "2023-02-01", 0)
    assert [(p.headings, p.text) for p in document.passages] == [
        (("Machines",), "The mill has two machines."),
        (("Machines", "Sieve"), "It shakes."),
        (("Machines", "Sieve"), "It is made of silk."),
        *((("Towns",), row) for row in ROWS),
    ]


async def test_word_takes_the_first_heading_where_there_is_no_title(read: Read) -> None:
    document = docx.Document()
    document.core_properties.title = ""
    document.add_heading("About mills", 0)
    document.add_paragraph("They grind.")
    assert (await read(word_bytes(document), "a.docx")).title == "About mills"


async def test_word_tables_of_names_and_values_or_around_text(read: Read) -> None:
    document = docx.Document()
    fill(document.add_table(2, 2), (("Name", "Ada"), ("Born", "1815")))
    fill(document.add_table(1, 1), (("One.\nTwo.",),))
    merged = document.add_table(3, 3)
    fill(merged, (("City", "Year", "People"), ("Porto", "2001", "1"), ("", "2011", "2")))
    merged.cell(1, 0).merge(merged.cell(2, 0))
    texts = [p.text for p in (await read(word_bytes(document), "a.docx")).passages]
    assert texts == [
        *("Name: Ada", "Born: 1815", "One. Two."),
        *("City: Porto; Year: 2001; People: 1", "City: Porto; Year: 2011; People: 2"),
    ]


async def test_word_reads_insertions_and_content_controls_but_not_deletions(read: Read) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The mill ")._p
    paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>is red</w:t></w:r></w:ins>"))
    paragraph.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText> is blue</w:delText></w:r></w:del>"))
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>A form.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    paragraph.addnext(parse_xml(control))
    assert [p.text for p in (await read(word_bytes(document), "a.docx")).passages] == ["The mill is red", "A form."]


async def test_slides_are_pages_with_titles_tables_and_notes(read: Read) -> None:
    document = await read(slides(), "talk.pptx")
    assert (document.title, document.date, document.pages) == ("Mill talk", "2022-03-04", 4)
    assert [(p.page, p.headings, p.text) for p in document.passages] == [
        *((1, ("Flour",), text) for text in ("It is white.", "It is fine.", "Show the bag.")),
        *((2, ("Towns",), row) for row in ROWS),
        (3, ("The mill opens in May",), "The mill opens in May"),
        (4, (), "In a group."),
    ]


async def test_slides_are_counted(refusal: Refusal) -> None:
    error = await refusal(slides(), "talk.pptx", pages=3)
    assert (error.reason, "3 pages" in error.message) == ("DOCUMENT_TOO_LARGE", True)


async def test_an_empty_word_document_has_no_text(refusal: Refusal) -> None:
    assert (await refusal(word_bytes(docx.Document()), "a.docx")).reason == "DOCUMENT_WITHOUT_TEXT"


@pytest.mark.parametrize("part", [0.2, 0.7, 0.99])
async def test_a_cut_word_document_is_damaged(refusal: Refusal, part: float) -> None:
    data = word_bytes(handbook())
    assert (await refusal(data[: int(len(data) * part)], "handbook.docx")).reason == "DOCUMENT_DAMAGED"


async def test_a_bomb_is_refused_before_it_is_unpacked(refusal: Refusal) -> None:
    bomb = with_entry(word_bytes(handbook()), "word/media/image1.bmp", bytes(60 * 1024 * 1024))
    assert len(bomb) < 200_000
    error = await refusal(bomb, "handbook.docx")
    assert (error.reason, "50 MiB" in error.message) == ("DOCUMENT_TOO_LARGE", True)


async def test_too_many_parts_are_refused(refusal: Refusal) -> None:
    error = await refusal(_with_parts(word_bytes(handbook()), 10_001), "handbook.docx")
    assert (error.reason, "parts" in error.message) == ("DOCUMENT_TOO_LARGE", True)


def _with_parts(packed: bytes, count: int) -> bytes:
    buffer = io.BytesIO(packed)
    with ZipFile(buffer, "a") as archive:
        for number in range(count):
            archive.writestr(f"x/{number}", b"")
    return buffer.getvalue()


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "docProps/core.xml"])
async def test_entities_that_unfold_are_refused_or_left_alone(refusal: Refusal, part: str) -> None:
    laugh = f'<?xml version="1.0"?>{billion_laughs("w")}<w>&a11;</w>'
    error = await refusal(with_entry(word_bytes(handbook()), part, laugh), "handbook.docx")
    assert error.reason in ("DOCUMENT_DAMAGED", "DOCUMENT_TOO_LARGE")
