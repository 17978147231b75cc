"""What becomes of a search engine's results."""

import pytest

from services.augmenter.search.hits import HitFields, iso_date, plain_text

FIELDS = HitFields(url="url", title="title", snippet="content", date="when")


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<strong>Poll</strong>ution &amp; health", "Pollution & health"),
        ("one<br/>two <p class='x'>three</p>", "one two three"),
        ("a < b and b > c", "a < b and b > c"),
        ("tags such as &lt;div&gt;", "tags such as <div>"),
        ("  much \n\t space\u00a0here ", "much space here"),
        ("<!-- hidden -->shown", "shown"),
        ("x" * 5000, "x" * 1000),
        (None, ""),
        (7, ""),
    ],
)
def test_texts_are_plain(raw: object, plain: str) -> None:
    assert plain_text(raw) == plain


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2031-07-20T12:30:00", "2031-07-20"),
        ("2031-07-20 12:30:00Z", "2031-07-20"),
        ("2031-07-20", "2031-07-20"),
        ("Sun, 20 Jul 2031 12:30:00 GMT", "2031-07-20"),
        ("3 days ago", ""),
        ("", ""),
        (None, ""),
        (1752000000, ""),
    ],
)
def test_dates_are_iso_or_nothing(raw: object, day: str) -> None:
    assert iso_date(raw) == day


def test_doubles_and_what_is_no_web_address_are_dropped_before_counting() -> None:
    results: list[object] = [
        {"url": "ftp://a.example/1"},
        {"url": "javascript:alert(1)"},
        {"url": None, "title": "none"},
        "nonsense",
        {"url": "https://a.example/1", "title": "first"},
        {"url": "https://a.example/1#part", "title": "again"},
        {"url": "HTTP://b.example/2", "when": "2031-01-02"},
        {"url": "https://c.example/3"},
    ]
    hits = FIELDS.read(results, 2)
    assert [(hit.url, hit.title, hit.date) for hit in hits] == [
        ("https://a.example/1", "first", ""),
        ("HTTP://b.example/2", "", "2031-01-02"),
    ]
