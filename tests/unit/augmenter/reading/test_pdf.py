"""PDF: paragraphs, pages, headings, and what is left out."""

import pytest

from services.augmenter.reading.document import Document
from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import FOX, Report, as_bytes, pdf_report, plain_page, scanned_pdf


def told(document: Document) -> list[str]:
    return [passage.text for passage in document.passages]


async def test_text_comes_by_page_under_its_large_headings(read: Read) -> None:
    document = await read(as_bytes(pdf_report()), "mill.pdf")
    assert (document.title, document.date, document.pages) == ("The mill in figures", "2024-05-06", 3)
    assert {(p.page, p.headings) for p in document.passages} == {(n, (f"Chapter {n}",)) for n in (1, 2, 3)}
    assert told(document)[0] == f"Fact 1: the mill ground 1 tons of flour. {FOX * 3}".strip()
    assert told(document)[1] == "The miller of part 1 is called Ada."


async def test_running_headers_and_page_numbers_are_left_out(read: Read) -> None:
    document = await read(as_bytes(pdf_report()), "mill.pdf")
    assert not [text for text in told(document) if "Annual report" in text or "Page" in text]


async def test_bare_page_numbers_are_left_out_of_a_single_page(read: Read) -> None:
    assert told(await read(plain_page("The mill is old.", "- 17 -"), "a.pdf")) == ["The mill is old."]


async def test_lines_become_paragraphs_and_hyphenated_words_are_joined(read: Read) -> None:
    wheel = "The mill was built of oak and has a water-\nwheel that turns all day."
    contents = "Wheels . . . . . . . . . . 3"
    page = plain_page(wheel, contents, "- one sack\n- two sacks\n1. first step", "The end.")
    assert told(await read(page, "a.pdf")) == [
        "The mill was built of oak and has a waterwheel that turns all day.",
        *("one sack", "two sacks", "1. first step", "The end."),
    ]


async def test_paragraphs_go_on_over_the_end_of_a_page(read: Read) -> None:
    report = Report()
    report.add_page()
    report.say(FOX * 60)
    report.say("The end.")
    document = await read(as_bytes(report), "a.pdf")
    assert [(p.page, p.text) for p in document.passages] == [(1, (FOX * 60).strip()), (2, "The end.")]


async def test_the_outline_tells_the_headings(read: Read) -> None:
    report = Report()
    for number in (1, 2):
        report.add_page()
        report.set_font("helvetica", size=11)
        report.start_section(f"Part {number}")
        report.say(f"Part {number}")
        report.start_section("Not printed", level=1)
        report.say(f"Text {number}. {FOX}")
    document = await read(as_bytes(report), "a.pdf")
    assert [p.headings[0] for p in document.passages] == ["Part 1", "Part 2"]
    assert document.title == "Part 1"


async def test_a_password_is_asked_for(refusal: Refusal) -> None:
    report = pdf_report()
    report.set_encryption("owner", "user")
    assert (await refusal(as_bytes(report), "mill.pdf")).reason == "DOCUMENT_ENCRYPTED"


async def test_a_pdf_that_only_forbids_changes_is_read(read: Read) -> None:
    report = pdf_report()
    report.set_encryption("owner")
    assert len((await read(as_bytes(report), "mill.pdf")).passages) == 6


async def test_a_scan_has_no_text_layer(refusal: Refusal) -> None:
    error = await refusal(scanned_pdf(), "scan.pdf")
    assert error.reason == "DOCUMENT_WITHOUT_TEXT"
    assert "OCR" in error.message


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
async def test_a_cut_pdf_is_damaged(refusal: Refusal, part: float) -> None:
    data = as_bytes(pdf_report())
    assert (await refusal(data[: int(len(data) * part)], "mill.pdf")).reason == "DOCUMENT_DAMAGED"


async def test_pages_are_counted_before_they_are_read(refusal: Refusal, read: Read) -> None:
    data = as_bytes(pdf_report(4))
    error = await refusal(data, "mill.pdf", pages=3)
    assert (error.reason, "3 pages" in error.message) == ("DOCUMENT_TOO_LARGE", True)
    assert (await read(data, "mill.pdf", pages=4)).pages == 4
