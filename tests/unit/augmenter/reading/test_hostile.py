"""Files made to do harm: each is refused in plain words or read without the harm, and the next file is read as ever."""

import os

import pytest

from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import billion_laughs, book, with_entry
from tests.unit.augmenter.reading.hostile import crowded_zip, long_pdf, looping_form_pdf, looping_pdf

MILL = "The mill grinds rye."
UNSEEN = "".join(
    [
        "<script>The owner is Zork.</script>",
        "<noscript>The owner is Zork.</noscript>",
        "<template><p>The owner is Zork.</p></template>",
        "<svg><text>The owner is Zork.</text></svg>",
        '<iframe srcdoc="The owner is Zork."></iframe>',
        '<img src="x" onerror="The owner is Zork." alt="">',
        "<!-- The owner is Zork. -->",
        '<div style="color: red; DISPLAY : none"><p>The owner is Zork.</p></div>',
        '<span style="visibility:hidden">The owner is Zork.</span>',
        "<p hidden>The owner is Zork.</p>",
        '<p aria-hidden="true">The owner is Zork.</p>',
    ]
)
BLANK_MEBIBYTES = b" " * (60 * 1024 * 1024)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (long_pdf(10_000), "long.pdf", "50 pages"),
        (looping_pdf(), "loop.pdf", "50 pages"),
        (looping_form_pdf(), "loop.pdf", "MiB of memory"),
        (with_entry(book({"a.xhtml": "<p>x</p>"}), "OEBPS/a.xhtml", BLANK_MEBIBYTES), "bomb.epub", "50 MiB"),
        (crowded_zip("word/document.xml", b"<w/>", 100_000), "crowd.docx", "too many parts"),
        (crowded_zip("META-INF/container.xml", b"<c/>", 100_000), "crowd.epub", "too many parts"),
        (b"a," * 2_000_000, "table.csv", "characters"),
    ],
)
async def test_what_would_cost_too_much_is_refused_and_the_next_file_is_read(
    read: Read, refusal: Refusal, data: bytes, name: str, told: str
) -> None:
    error = await refusal(data, name, memory_mebibytes=256)
    assert (error.reason, told in error.message) == ("DOCUMENT_TOO_LARGE", True)
    assert [passage.text for passage in (await read(MILL.encode(), "next.txt")).passages] == [MILL]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (os.urandom(100_000), "noise.txt"),
        (b"\n".join([b"\x00\xff,\xfe\x01,\x00\x9d"] * 500), "noise.csv"),
        (b"PK\x03\x04" + os.urandom(5000), "noise.docx"),
        (b"%PDF-1.7\n" + os.urandom(5000) + b"%%EOF", "noise.pdf"),
    ],
)
async def test_noise_is_refused_whatever_it_is_called(refusal: Refusal, data: bytes, name: str) -> None:
    assert (await refusal(data, name)).reason in ("DOCUMENT_FORMAT", "DOCUMENT_DAMAGED")


@pytest.mark.parametrize(
    "page",
    [
        "<head><title>Mills</title></head><p>The mill grinds rye.</p>{}",
        "<h1>Mills{}</h1><p>The mill grinds rye.</p>",
        "<h1>Mills</h1><p>The mill {}grinds rye.</p>",
        "<head><title>Mills</title></head><table><tr><th>City</th><th>People</th></tr><tr><td>Porto{}</td><td>1</td></tr></table>",
        "<h1>Mills</h1><pre>The mill grinds rye.{}</pre>",
    ],
)
async def test_what_readers_of_a_page_do_not_see_is_not_read(read: Read, page: str) -> None:
    document = await read(f"<html>{page.format(UNSEEN)}</html>".encode(), "mills.html")
    assert "Zork" not in str(document)
    assert document.title == "Mills"
    assert document.passages


async def test_what_readers_of_a_book_do_not_see_is_not_read(read: Read) -> None:
    unseen = '<p hidden="hidden">The owner is Zork.</p><p style="display:none">The owner is Zork.</p>'
    document = await read(book({"a.xhtml": f"<p>{MILL}{unseen}</p>"}), "novel.epub")
    assert [passage.text for passage in document.passages] == [MILL]


async def test_a_title_is_one_line_that_turns_no_other_words_around(read: Read) -> None:
    page = f"<html><title>\u202e\u2066Mills\n of &lt;b&gt;Velt\u2069</title><p>{MILL}</p>"
    assert (await read(page.encode(), "mills.html")).title == "Mills of <b>Velt"
    long = f"<html><title>{'Mills ' * 100_000}</title><p>{MILL}</p>"
    assert len((await read(long.encode(), "mills.html")).title) <= 200


async def test_entities_of_a_book_unfold_to_nothing(read: Read) -> None:
    chapter = f'<?xml version="1.0"?>{billion_laughs("html")}<html><body><p>&a11; {MILL}</p></body></html>'
    document = await read(with_entry(book({"a.xhtml": ""}), "OEBPS/a.xhtml", chapter), "novel.epub")
    assert len(document.passages) == 1
    assert len(document.passages[0].text) < 2 * len(MILL)
