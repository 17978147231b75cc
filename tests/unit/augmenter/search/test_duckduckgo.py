"""The keyless search: the real package ddgs, with DuckDuckGo's result page on this machine."""

import logging
import threading
from urllib.parse import parse_qs

import ddgs.ddgs
import pytest
from ddgs.engines.duckduckgo import Duckduckgo
from ddgs.exceptions import RatelimitException

from services.augmenter.search.duckduckgo import DuckDuckGoSearch
from services.augmenter.search.provider import SearchHit
from services.common.errors import Unavailable
from tests.unit.augmenter.search.fake_service import FakeService, running_service

PAGE = b"""<html><body>
<div class="links_main result__body"><h2><a href="https://a.example/kelp">Kelp <b>forests</b></a></h2>
<a href="https://a.example/kelp">Up to 45 m &amp; more</a></div>
<div class="links_main result__body"><h2><a href="https://duckduckgo.com/y.js?ad=1">Advertisement</a></h2>
<a href="https://duckduckgo.com/y.js?ad=1">Buy kelp</a></div>
</body></html>"""


@pytest.fixture(autouse=True)
def engines(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    point_to(service.url, monkeypatch)


def point_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Here(Duckduckgo):
        search_url = f"{url}/html/"

    monkeypatch.setattr(ddgs.ddgs, "ENGINES", {"text": {"duckduckgo": Here}})


async def test_hits(service: FakeService, caplog: pytest.LogCaptureFixture) -> None:
    service.body = PAGE
    with caplog.at_level(logging.INFO):
        hits = await DuckDuckGoSearch(5.0).search("kelp forests", 5)
    assert hits == [SearchHit("https://a.example/kelp", "Kelp forests", "Up to 45 m & more", "")]
    assert (service.asked[0].method, service.asked[0].path) == ("POST", "/html/")
    assert parse_qs(service.asked[0].body.decode())["q"] == ["kelp forests"]
    assert "kelp" not in caplog.text.lower()


@pytest.mark.parametrize(("status", "body"), [(200, b"<html></html>"), (200, b"{not html"), (202, PAGE), (403, b"no")])
async def test_an_engine_that_finds_or_says_nothing(status: int, body: bytes, service: FakeService) -> None:
    service.status, service.body = status, body
    assert await DuckDuckGoSearch(5.0).search("kelp", 5) == []


async def test_nobody_there(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    with running_service() as gone:
        pass
    point_to(gone.url, monkeypatch)
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable, match=r"keyless web search cannot be reached"):
        await DuckDuckGoSearch(5.0).search("kelp", 5)
    assert "kelp" not in caplog.text.lower()


async def test_too_slow(service: FakeService) -> None:
    service.hold = threading.Event()
    with pytest.raises(Unavailable, match=r"within 0\.1 seconds"):
        await DuckDuckGoSearch(0.1).search("kelp", 5)
    service.hold.set()


async def test_a_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(*_: object, **__: object) -> None:
        raise RatelimitException("202")

    monkeypatch.setattr(ddgs.ddgs.DDGS, "text", limited)
    provider = DuckDuckGoSearch(5.0)
    with pytest.raises(Unavailable, match="takes no more searches"):
        await provider.search("kelp", 5)
    await provider.close()
