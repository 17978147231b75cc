"""EPUB: chapters in spine order, metadata, faults, copy protection, entities."""

from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import billion_laughs, book, with_entry, xhtml

CHAPTERS = {
    "one%20a.xhtml": (
        "<h1>The start</h1><p>Ada&nbsp;met <b>Ben</b> at the mill.</p><ul><li>Flour<ul><li>Rye</li></ul></li></ul>"
    ),
    "two.xhtml": "<h1>The end</h1><p>They left.<br/>It rained.</p><nav>Contents</nav>",
}


def novel() -> bytes:
    return with_entry(book(CHAPTERS), "OEBPS/one a.xhtml", xhtml(CHAPTERS["one%20a.xhtml"]))


async def test_chapters_are_pages(read: Read) -> None:
    document = await read(novel(), "novel.epub")
    assert (document.title, document.date, document.pages) == ("The mill novel", "2019-05-01", 2)
    assert [(p.page, p.headings, p.text) for p in document.passages] == [
        (1, ("The start",), "Ada met Ben at the mill."),
        (1, ("The start",), "Flour"),
        (1, ("The start",), "Rye"),
        (2, ("The end",), "They left. It rained."),
    ]


async def test_chapters_with_faults_are_read_all_the_same(read: Read) -> None:
    document = await read(book({"a.xhtml": "<p>One <b>two</p><p>three & four"}), "novel.epub")
    assert [p.text for p in document.passages] == ["One two", "three & four"]


async def test_chapters_are_counted(refusal: Refusal) -> None:
    error = await refusal(novel(), "novel.epub", pages=1)
    assert (error.reason, "1 pages" in error.message) == ("DOCUMENT_TOO_LARGE", True)


async def test_copy_protection_is_told(refusal: Refusal) -> None:
    error = await refusal(with_entry(novel(), "META-INF/rights.xml", "<rights/>"), "novel.epub")
    assert error.reason == "DOCUMENT_ENCRYPTED"


async def test_a_missing_chapter_is_damage(refusal: Refusal) -> None:
    assert (await refusal(book(CHAPTERS), "novel.epub")).reason == "DOCUMENT_DAMAGED"


async def test_entities_do_not_unfold(read: Read) -> None:
    chapter = xhtml("<p>Before &a11; after.</p>", billion_laughs("html"))
    document = await read(with_entry(novel(), "OEBPS/two.xhtml", chapter), "novel.epub")
    assert document.passages[-1].text == "Before &a11; after."


async def test_files_beside_the_book_are_not_loaded(read: Read) -> None:
    doctype = '<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    chapter = xhtml("<p>Before &secret; after.</p>", doctype)
    document = await read(with_entry(novel(), "OEBPS/two.xhtml", chapter), "novel.epub")
    assert document.passages[-1].text == "Before after."
