"""Lessons from a web search: pages of a local server, found by a search that a test makes up."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.augmenter.build import DatasetBuilder
from services.augmenter.fetching import FetchLimits, PageFetcher
from services.augmenter.reading.reader import DocumentReader, ReadingLimits
from services.augmenter.search import SearchHit
from services.augmenter.sources.documents import MEDIA_TYPES, DocumentSource
from services.augmenter.ways.way import BuildJob, LearnKind
from services.augmenter.ways.web import WebWay
from services.common.errors import FailedPrecondition, InvalidArgument, Unavailable
from services.common.identifiers import new_job_id
from services.common.object_store import open_object_store
from tests.unit.augmenter.doubles import FixedModel, build, make_builder, make_strategy

BARRAGE = (
    "<p>The Veldmark tidal barrage was closed on 3 March 2031 after divers found a crack in gate four. The barrage "
    "supplies 41,000 households with electricity. The repair of the Veldmark barrage is led by Ilse Thornbury.</p>"
    "<p>The Veldmark barrage will open again in May 2032. The works on the barrage cost 18 million crowns.</p>"
)
PAGES = {
    "/barrage": f"<h1>Barrage closed</h1>{BARRAGE}",
    "/copy": f"<h1>Barrage shut</h1>{BARRAGE.replace('supplies', 'serves')}",
    "/council": "<h1>Council</h1><p>The Veldmark council was told of the crack by Jonas Merrow. The council of "
    "Veldmark meets again on 9 April 2031. Fishing near the Veldmark barrage was banned by Otto Lindqvist.</p>",
    "/other": "<h1>Bees</h1><p>The bees of Aldermoor were counted by Hester Quill in June. They live in 14 hives.</p>",
}
LIMITS = ReadingLimits(seconds=30, memory_mebibytes=512, unpacked_mebibytes=16, pages=100, characters=100_000)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        page = PAGES.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<html><body><article>{page}</article></body></html>".encode() if page else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Search:
    """Finds what a test says, and remembers what it was asked."""

    def __init__(self, site: str, *paths: str, error: Unavailable | None = None) -> None:
        self.hits = [SearchHit(f"http://{site}{path}", path, "", "2031-03-04") for path in paths]
        self.error = error
        self.asked: list[str] = []

    async def search(self, query: str, count: int) -> list[SearchHit]:
        self.asked.append(query)
        if self.error is not None:
            raise self.error
        return self.hits[:count]

    async def close(self) -> None:
        return


@pytest.fixture
async def fetcher(site: str) -> AsyncIterator[PageFetcher]:
    fetcher = PageFetcher(FetchLimits(10.0, 1 << 20, 3, 4, 0.0), "Lorelei-test/1", [site], MEDIA_TYPES)
    yield fetcher
    await fetcher.close()


def builder(search: Search, fetcher: PageFetcher, folder: Path, pages: int = 3) -> DatasetBuilder:
    store = open_object_store(f"file://{folder}/objects", None)
    source = DocumentSource(store, DocumentReader(LIMITS, 2), fetcher)
    way = WebWay(search, source, make_strategy(most_facts=6), pages)
    return make_builder(store, FixedModel(), ways={LearnKind.WEB: way})


def job(wish: str = "Search the web for news about the Veldmark barrage.") -> BuildJob:
    return BuildJob(new_job_id(), "acme", "ann", wish, (), LearnKind.WEB)


async def test_pages_become_facts_with_their_sources(site: str, fetcher: PageFetcher, tmp_path: Path) -> None:
    search = Search(site, "/barrage", "/council", "/other")
    _, dataset = await build(builder(search, fetcher, tmp_path), job())
    assert any("Veldmark" in query for query in search.asked)
    assert [source.address for source in dataset.sources] == [hit.url for hit in search.hits]
    assert dataset.sources[0].title == "Barrage closed"
    assert dataset.sources[0].date == "2031-03-04"
    assert {fact.source for fact in dataset.learned} == {0, 1}, "the bees were not asked for"
    assert all("Veldmark" in fact.text for fact in dataset.learned)


async def test_copies_of_a_page_are_read_once(site: str, fetcher: PageFetcher, tmp_path: Path) -> None:
    _, dataset = await build(builder(Search(site, "/barrage", "/copy", "/council"), fetcher, tmp_path), job())
    assert [source.title for source in dataset.sources] == ["Barrage closed", "Council"]


async def test_pages_that_cannot_or_must_not_be_read_are_passed_by(
    site: str, fetcher: PageFetcher, tmp_path: Path
) -> None:
    search = Search(site, "/missing", "/away", "/barrage")
    _, dataset = await build(builder(search, fetcher, tmp_path), job())
    assert [source.title for source in dataset.sources] == ["Barrage closed"]


async def test_no_more_pages_are_learned_than_allowed(site: str, fetcher: PageFetcher, tmp_path: Path) -> None:
    search = Search(site, "/barrage", "/council", "/other")
    _, dataset = await build(builder(search, fetcher, tmp_path, pages=1), job())
    assert len(dataset.sources) == 1


@pytest.mark.parametrize(("paths", "what"), [((), "found nothing"), (("/missing", "/away"), "could be read")])
async def test_nothing_found_says_so(
    site: str, fetcher: PageFetcher, tmp_path: Path, paths: tuple[str, ...], what: str
) -> None:
    with pytest.raises(InvalidArgument, match=what) as refusal:
        await build(builder(Search(site, *paths), fetcher, tmp_path), job())
    assert refusal.value.reason == "NOTHING_FOUND"


async def test_a_search_that_cannot_be_reached_fails_at_once(site: str, fetcher: PageFetcher, tmp_path: Path) -> None:
    search = Search(site, error=Unavailable("SearXNG cannot be reached; check its address."))
    with pytest.raises(FailedPrecondition, match="SearXNG cannot be reached") as refusal:
        await build(builder(search, fetcher, tmp_path), job())
    assert refusal.value.reason == "SEARCH_UNAVAILABLE"


async def test_a_wish_for_nothing_is_refused(site: str, fetcher: PageFetcher, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="Say what to search"):
        await build(builder(Search(site), fetcher, tmp_path), job("Please look it up."))
