"""Links of the pages beside docs/ lead somewhere; those inside are checked by `make docs`."""

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from tests.unit.docs.pages import OUTSIDE


def links(page: Path) -> Iterator[str]:
    for block in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        for token in block.children or []:
            found = token.attrGet("href") or token.attrGet("src")
            if found and not str(found).startswith(("http://", "https://")):
                yield str(found)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_leads_to_a_file_and_a_heading_in_it() -> None:
    found = [(page, link) for page in OUTSIDE for link in links(page)]
    for page, link in found:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
    assert len(found) > 10
