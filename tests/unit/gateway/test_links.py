"""Links inside what users say."""

import pytest

from services.gateway.intents import is_bare_link, links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Read https://example.org/a.html.", ("https://example.org/a.html",)),
        ("(see http://example.org/x_(y)), please", ("http://example.org/x_(y)",)),
        ("Compare “https://a.example/1” and https://b.example/2!", ("https://a.example/1", "https://b.example/2")),
        ("https://a.example https://a.example", ("https://a.example",)),
        ("HTTPS://A.EXAMPLE/Path?q=1&r=2#top, then", ("HTTPS://A.EXAMPLE/Path?q=1&r=2#top",)),
        ("My homepage is www.example.org and ftp://x.y", ()),
        ("", ()),
    ],
)
def test_links_without_the_punctuation_around_them(text: str, links: tuple[str, ...]) -> None:
    assert links_in(text) == links


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("https://example.org/report.pdf", True),
        ("Read: https://example.org/report.pdf", True),
        ("My homepage is https://example.org.", False),
        ("Nothing here", False),
    ],
)
def test_nothing_but_a_link_is_a_wish_to_read_it(text: str, bare: bool) -> None:
    assert is_bare_link(text) is bare
