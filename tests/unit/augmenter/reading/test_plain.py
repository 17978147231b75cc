"""Plain text: paragraphs, and the encodings of the world."""

import pytest

from tests.unit.augmenter.reading.conftest import Read

GERMAN = "Die Mühle mahlt größere Körner, und das Wasser fließt über das Rad."
POLISH = "Młyn miele zboże, a woda płynie przez koło. Zażółć gęślą jaźń."
RUSSIAN = "Мельница мелет зерно, а вода течёт через колесо."
JAPANESE = "水車は穀物をひきます。水は車輪の上を流れます。"
CHINESE = "磨坊磨谷物,水流过轮子。产品保修期为两年。"
KOREAN = "방앗간은 곡식을 빻습니다. 물은 바퀴 위로 흐릅니다."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((GERMAN, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252")),
        ("Le café est fermé à midi.", "latin-1"),
        ("“Quoted” – and €5, naïve", "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc_kr"),
    ],
)
async def test_encodings(read: Read, text: str, encoding: str) -> None:
    document = await read(text.encode(encoding), "a.txt")
    assert [p.text for p in document.passages] == [text]
    assert (document.title, document.date, document.pages) == ("", "", 0)


async def test_one_broken_byte_does_not_change_the_encoding(read: Read) -> None:
    document = await read(f"{GERMAN} {GERMAN} {GERMAN}".encode() * 3 + b" \xff", "a.txt")
    assert document.passages[0].text.startswith(GERMAN)


async def test_paragraphs_end_at_blank_lines_items_and_short_lines(read: Read) -> None:
    text = (
        "The mill was built in 1650 and\r\nburned down in 1700.\r\n \r\nWhat it needs:\r\n- water\r\n* grain, which\r\n"
        "  farmers bring\r\n1. a miller\r\n\r\nIt is old.\r\nThe wheel is newer than the house it turns in.\r\n"
        "\fa new page"
    )
    assert [p.text for p in (await read(text.encode(), "a.txt")).passages] == [
        "The mill was built in 1650 and burned down in 1700.",
        "What it needs:",
        "water",
        "grain, which farmers bring",
        "1. a miller",
        "It is old.",
        "The wheel is newer than the house it turns in.",
        "a new page",
    ]
