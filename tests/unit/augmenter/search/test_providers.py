"""The engines with a JSON API, each against a fake of it: what is asked, what is read, what goes wrong."""

import json
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from services.augmenter.search.brave import BraveSearch
from services.augmenter.search.provider import SearchHit, SearchProvider
from services.augmenter.search.searxng import SearxngSearch
from services.augmenter.search.tavily import TavilySearch
from services.common.errors import Unavailable
from tests.unit.augmenter.search.fake_service import FakeService, running_service

KEY = SecretStr("key-hunter2\n")
Opener = Callable[[str, float], SearchProvider]
OPENERS: dict[str, Opener] = {
    "searxng": lambda url, seconds: SearxngSearch(url + "/", seconds),
    "brave": lambda url, seconds: BraveSearch(KEY, seconds, url),
    "tavily": lambda url, seconds: TavilySearch(KEY, seconds, url),
}
every_provider = pytest.mark.parametrize("name", OPENERS)


async def failure_of(provider: SearchProvider) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await provider.search("kelp", 3)
    await provider.close()
    assert "hunter2" not in caught.value.message
    return caught.value


async def test_searxng(service: FakeService) -> None:
    service.says(
        {
            "query": "kelp farms",
            "results": [
                {
                    "url": "https://a.example/kelp",
                    "title": "Kelp &amp; co",
                    "content": "About <b>kelp</b>",
                    "publishedDate": "2031-07-20T00:00:00",
                },
                {"url": "https://b.example/", "title": "B", "content": None, "publishedDate": None},
            ],
        }
    )
    provider = OPENERS["searxng"](service.url, 5.0)
    assert await provider.search("kelp farms", 5) == [
        SearchHit("https://a.example/kelp", "Kelp & co", "About kelp", "2031-07-20"),
        SearchHit("https://b.example/", "B", "", ""),
    ]
    await provider.close()
    asked = urlsplit(service.asked[0].path)
    assert (service.asked[0].method, asked.path) == ("GET", "/search")
    assert parse_qs(asked.query) == {"q": ["kelp farms"], "format": ["json"]}


async def test_brave(service: FakeService) -> None:
    found = {
        "url": "https://a.example/kelp",
        "title": "<strong>Kelp</strong>",
        "description": "Up to <strong>45</strong> m",
        "page_age": "2031-07-20T12:00:00",
    }
    service.says({"type": "search", "web": {"type": "search", "results": [found]}})
    provider = OPENERS["brave"](service.url, 5.0)
    assert await provider.search("kelp " * 60, 50) == [
        SearchHit("https://a.example/kelp", "Kelp", "Up to 45 m", "2031-07-20")
    ]
    asked = urlsplit(service.asked[0].path)
    assert asked.path == "/res/v1/web/search"
    parameters = parse_qs(asked.query)
    assert (parameters["count"], len(parameters["q"][0].split())) == (["20"], 50)
    assert service.asked[0].headers["x-subscription-token"] == "key-hunter2"
    service.says({"type": "search", "query": {"original": "kelp"}})
    assert await provider.search("kelp", 5) == []
    await provider.close()


async def test_tavily(service: FakeService) -> None:
    found = {
        "url": "https://a.example/kelp",
        "title": "Kelp",
        "content": "Up to 45 m",
        "score": 0.9,
        "published_date": "Sun, 20 Jul 2031 12:30:00 GMT",
    }
    service.says({"query": "kelp", "results": [found, {**found, "url": "https://b.example/"}]})
    provider = OPENERS["tavily"](service.url, 5.0)
    assert await provider.search("kelp", 1) == [SearchHit("https://a.example/kelp", "Kelp", "Up to 45 m", "2031-07-20")]
    await provider.close()
    asked = service.asked[0]
    assert (asked.method, asked.path) == ("POST", "/search")
    assert asked.headers["authorization"] == "Bearer key-hunter2"
    assert json.loads(asked.body) == {"query": "kelp", "max_results": 1}


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("searxng", 401, "LORELEI_AUGMENTER_SEARXNG_URL"),
        ("searxng", 403, "search.formats"),
        ("searxng", 429, "limiter"),
        ("brave", 401, "refused the API key; check LORELEI_AUGMENTER_BRAVE_API_KEY"),
        ("brave", 403, "refused the API key"),
        ("brave", 422, "LORELEI_AUGMENTER_BRAVE_API_KEY"),
        ("brave", 429, "quota of the Brave Search key"),
        ("tavily", 401, "refused the API key; check LORELEI_AUGMENTER_TAVILY_API_KEY"),
        ("tavily", 429, "quota of the Tavily key"),
        ("tavily", 432, "quota of the Tavily key"),
        *((name, status, f"status {status}; check LORELEI_AUGMENTER_") for name in OPENERS for status in (302, 500)),
    ],
)
async def test_statuses_say_what_to_check(name: str, status: int, said: str, service: FakeService) -> None:
    service.says({"detail": "no"}, status)
    assert said in (await failure_of(OPENERS[name](service.url, 5.0))).message


@every_provider
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b"\xff", b'{"results": 7, "web": {"results": {}}}', b'{"results": ']
)
async def test_what_cannot_be_read(name: str, body: bytes, service: FakeService) -> None:
    service.body = body
    assert "cannot be read" in (await failure_of(OPENERS[name](service.url, 5.0))).message


@every_provider
async def test_nobody_there(name: str) -> None:
    with running_service() as gone:
        pass
    assert "cannot be reached" in (await failure_of(OPENERS[name](gone.url, 5.0))).message


@every_provider
async def test_too_slow(name: str, service: FakeService) -> None:
    service.hold = threading.Event()
    assert "within 0.1 seconds" in (await failure_of(OPENERS[name](service.url, 0.1))).message


@every_provider
async def test_proxies_of_the_environment_are_not_used(
    name: str, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    service.says({"results": [], "web": {"results": []}})
    provider = OPENERS[name](service.url, 5.0)
    assert await provider.search("kelp", 3) == []
    await provider.close()
