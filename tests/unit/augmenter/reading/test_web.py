"""HTML and Markdown: text and structure without what surrounds it."""

from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import FOX

PAGE = f"""<!DOCTYPE html><html><head><title>Mills | Encyclopedia</title>
<meta property="article:published_time" content="2021-08-09T10:00:00Z">
<script>var tracker = "script text";</script><style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies. Accept all of them?</p></div>
<main><article><h1>Mills</h1><p>A mill grinds grain. {FOX}</p>
<h2>Wind</h2><p>A windmill has <b>four</b> sails. {FOX}</p><ul><li>Sails of cloth</li><li>Sails of wood</li></ul>
<h2>Towns</h2><p>These towns have mills. {FOX}</p>
<table><tr><th>City</th><th>People</th></tr><tr><td>Porto</td><td>230000</td></tr></table></article></main>
<aside class="ad"><p>Buy flour now!</p></aside><script>alert("script text")</script>
<footer><p>Copyright 2021 Encyclopedia. All rights reserved.</p></footer></body></html>"""

NOTES = """---
title: "Mill notes"
date: 2020-01-02
---
# Mills

They *grind* [grain](http://example.org) and
`turn`.

## Parts

- Wheel
- Stone
  1. Upper
  2. Lower

| City | People |
|------|--------|
| Porto | 230000 |

```python
if water:
    turn()
```

<script>alert("script text")</script>
"""


async def test_a_page_comes_without_menus_banners_and_scripts(read: Read) -> None:
    document = await read(PAGE.encode(), "mills.html")
    assert (document.title, document.date, document.pages) == ("Mills", "2021-08-09", 0)
    assert [(p.headings, p.text) for p in document.passages] == [
        (("Mills",), f"A mill grinds grain. {FOX}".strip()),
        (("Mills", "Wind"), f"A windmill has four sails. {FOX}".strip()),
        (("Mills", "Wind"), "Sails of cloth"),
        (("Mills", "Wind"), "Sails of wood"),
        (("Mills", "Towns"), f"These towns have mills. {FOX}".strip()),
        (("Mills", "Towns"), "City: Porto; People: 230000"),
    ]


async def test_a_page_too_small_for_extraction_is_read_whole_but_for_scripts_and_menus(read: Read) -> None:
    text = "<h1>Mills</h1><p>Mills grind.</p><dl><dt>Rye</dt><dd>Grain</dd></dl>"
    page = f"<title>About mills</title><nav>Menu</nav>{text}<script>script text</script>"
    document = await read(page.encode(), "a.html")
    assert document.title == "Mills"
    assert [(p.headings, p.text) for p in document.passages] == [
        (("Mills",), "Mills grind."),
        (("Mills",), "Rye: Grain"),
    ]


async def test_a_small_page_comes_without_its_banner(read: Read) -> None:
    banner = '<div id="cookie-banner" class="cookie-consent"><p>We use cookies. Accept all of them?</p></div>'
    page = f"<html><body>{banner}<article><h1>Mills</h1><p>{FOX * 2}</p></article></body></html>"
    assert [p.text for p in (await read(page.encode(), "a.html")).passages] == [(FOX * 2).strip()]


async def test_a_page_says_its_encoding(read: Read) -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body><p>Мельница мелет. {FOX}</p></body></html>'
    document = await read(page.encode("cp1251"), "a.html")
    assert document.passages[0].text.startswith("Мельница мелет.")


async def test_a_page_of_scripts_has_no_text(refusal: Refusal) -> None:
    page = b"<!doctype html><html><head><script>var a = 1;</script></head><body><script>b()</script></body></html>"
    assert (await refusal(page, "a.html")).reason == "DOCUMENT_WITHOUT_TEXT"


async def test_a_page_with_tags_nested_too_deep_does_no_harm(refusal: Refusal) -> None:
    page = f"<html><body>{'<div>' * 50_000}deep{'</div>' * 50_000}</body></html>"
    assert (await refusal(page.encode(), "a.html")).reason in ("DOCUMENT_WITHOUT_TEXT", "DOCUMENT_DAMAGED")


async def test_markdown_keeps_headings_lists_tables_and_code(read: Read) -> None:
    document = await read(NOTES.encode(), "notes.md")
    assert (document.title, document.date, document.pages) == ("Mill notes", "2020-01-02", 0)
    assert [(p.headings, p.text) for p in document.passages] == [
        (("Mills",), "They grind grain and turn."),
        *((("Mills", "Parts"), part) for part in ("Wheel", "Stone", "Upper", "Lower")),
        (("Mills", "Parts"), "City: Porto; People: 230000"),
        (("Mills", "Parts"), "if water:\n    turn()"),
    ]
