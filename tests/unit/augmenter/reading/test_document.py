"""A document's bytes, and what is no document."""

import pytest

from services.augmenter.reading.document import Document, Passage, document_from_bytes, document_to_bytes


def test_bytes_and_back() -> None:
    passages = (Passage("Größe\n“x”", ("A", "B"), 2), Passage("y", ("A", "B"), 2), Passage("z"))
    document = Document("Mühle", "2020-01-02", 3, passages)
    data = document_to_bytes(document)
    assert document_from_bytes(data) == document
    assert data.count(b'"B"') == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"title":1,"date":"","pages":0,"headings":[],"passages":[]}',
        b'{"title":"","date":"","pages":-1,"headings":[],"passages":[]}',
        b'{"title":"","date":"","pages":0,"headings":[],"passages":[["a",0,0]]}',
        b'{"title":"","date":"","pages":0,"headings":[["h"]],"passages":[["a",-1,0]]}',
        b'{"title":"","date":"","pages":0,"headings":[["h"]],"passages":[["a",0]]}',
    ],
)
def test_anything_else_is_no_document(data: bytes) -> None:
    with pytest.raises(ValueError):
        document_from_bytes(data)
