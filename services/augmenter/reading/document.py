"""What was read from a file, and its form as bytes. Does not know where the text came from."""

import json
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, list item or table row (as a line "Header: value; Header: value").

    `headings` are those it stands under, outermost first; `page` is its page, slide or chapter from 1 on, 0 where the
    format has none.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text in reading order.

    `date` is YYYY-MM-DD where the document tells one, else empty; `pages` is 0 where the format has none.
    """

    title: str
    date: str
    pages: int
    passages: tuple[Passage, ...]


def document_to_bytes(document: Document) -> bytes:
    """`document` as JSON; headings that many passages share are written once."""
    paths: dict[tuple[str, ...], int] = {}
    passages = [[p.text, paths.setdefault(p.headings, len(paths)), p.page] for p in document.passages]
    return json.dumps(
        {
            "title": document.title,
            "date": document.date,
            "pages": document.pages,
            "headings": [list(path) for path in paths],
            "passages": passages,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def document_from_bytes(data: bytes) -> Document:
    """The document that `document_to_bytes` wrote; raise ValueError for anything else."""
    try:
        tree = json.loads(data)
        paths = [tuple(_typed(heading, str) for heading in path) for path in tree["headings"]]
        passages = tuple(
            Passage(_typed(text, str), paths[_natural(path)], _natural(page)) for text, path, page in tree["passages"]
        )
        return Document(_typed(tree["title"], str), _typed(tree["date"], str), _natural(tree["pages"]), passages)
    except (KeyError, IndexError, TypeError, RecursionError) as error:
        raise ValueError("these bytes are no document") from error


def _typed(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


def _natural(value: object) -> int:
    number = _typed(value, int)
    if number < 0:
        raise ValueError("a count below zero")
    return number
