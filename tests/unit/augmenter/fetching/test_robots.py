"""What a site's robots.txt allows, and how long it is remembered."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.augmenter.fetching import PageFetcher
from services.augmenter.fetching.address_guard import AddressGuard, resolve_host
from services.augmenter.fetching.connections import GuardedConnections, open_transport
from services.augmenter.fetching.robots import RobotsFiles
from services.augmenter.fetching.web_address import parse_web_address
from tests.unit.augmenter.fetching.fetchers import refused
from tests.unit.augmenter.fetching.site import Site, answer, redirect

RULES = (
    b"User-agent: *\nDisallow: /\n\n"
    b"User-agent: LoreleiTest\nDisallow: /private\nAllow: /private/open\nCrawl-delay: %s\n"
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def robots(site: Site, clock: Clock) -> AsyncIterator[RobotsFiles]:
    guard = AddressGuard(resolve_host, [site.host])
    connections = GuardedConnections(guard, open_transport(), "LoreleiTest/1.0", 2)
    yield RobotsFiles(connections, "LoreleiTest/1.0 (+test)", clock)
    await connections.close()


async def test_rules_for_our_product_come_before_those_for_all(
    site: Site, fetcher: PageFetcher, tmp_path: Path
) -> None:
    site.answers |= {path: answer(b"x") for path in ("/page", "/private/open", "/private/x")}
    site.answers["/robots.txt"] = answer(RULES % b"0", media_type="text/plain")
    for path in ("/page", "/private/open"):
        await fetcher.fetch(site.url(path), tmp_path)
    (tmp_path / "refused").mkdir()
    message = await refused(fetcher, site.url("/private/x"), tmp_path / "refused", "URL_FORBIDDEN")
    assert "robots.txt" in message
    assert site.paths == ["/robots.txt", "/page", "/private/open"]


async def test_redirects_to_disallowed_pages(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /private"), "/page": redirect("/private/x")}
    await refused(fetcher, site.url("/page"), tmp_path, "URL_FORBIDDEN")
    assert "/private/x" not in site.paths


@pytest.mark.parametrize(
    "said",
    [
        answer(status=404),
        answer(status=401),
        answer(status=403),
        answer(b""),
        answer(b"<html>Not found</html>"),
        answer(b"\xff\xfe\x00"),
        answer(b"User-agent: *\nAllow: /\n" + b"#" * 600_000 + b"\nUser-agent: LoreleiTest\nDisallow: /\n"),
        redirect("/robots.txt"),
    ],
)
async def test_no_rules_forbid_nothing(said: bytes, site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers |= {"/robots.txt": said, "/page": answer(b"x")}
    assert (await fetcher.fetch(site.url("/page"), tmp_path)).path.read_bytes() == b"x"


async def test_a_robots_txt_elsewhere_counts(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers |= {"/robots.txt": redirect("/rules"), "/rules": answer(b"User-agent: *\nDisallow: /")}
    await refused(fetcher, site.url("/page"), tmp_path, "URL_FORBIDDEN")
    assert site.paths == ["/robots.txt", "/rules"]


async def test_a_robots_txt_that_fails_forbids_all_until_it_works(
    site: Site, fetcher: PageFetcher, tmp_path: Path
) -> None:
    site.answers |= {"/robots.txt": answer(status=503), "/page": answer(b"x")}
    assert "robots.txt" in await refused(fetcher, site.url("/page"), tmp_path, "URL_FORBIDDEN")
    site.answers["/robots.txt"] = b""
    await refused(fetcher, site.url("/page"), tmp_path, "URL_UNREACHABLE")
    site.answers["/robots.txt"] = answer(status=404)
    await fetcher.fetch(site.url("/page"), tmp_path)
    assert site.paths == ["/robots.txt", "/robots.txt", "/robots.txt", "/page"]


async def test_rules_are_read_again_after_an_hour(site: Site, robots: RobotsFiles, clock: Clock) -> None:
    page = parse_web_address(site.url("/page"))
    for moment in (0.0, 3600.0, 3601.0):
        clock.now = moment
        await robots.rules_for(page)
    assert site.paths == ["/robots.txt", "/robots.txt"]


@pytest.mark.parametrize(("asked", "kept"), [(b"2.5", 2.5), (b"86400", 10.0), (b"soon", 0.0), (b"-1", 0.0)])
async def test_crawl_delays_are_kept_up_to_a_bound(asked: bytes, kept: float, site: Site, robots: RobotsFiles) -> None:
    site.answers["/robots.txt"] = answer(RULES % asked)
    assert (await robots.rules_for(parse_web_address(site.url()))).crawl_delay_seconds == kept


async def test_only_so_many_sites_are_remembered() -> None:
    asked: list[str] = []

    def said(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["host"])
        return httpx.Response(404)

    async def public(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    connections = GuardedConnections(AddressGuard(public, []), httpx.MockTransport(said), "LoreleiTest/1.0", 2)
    robots = RobotsFiles(connections, "LoreleiTest/1.0")
    for number in [*range(257), 256, 0]:
        await robots.rules_for(parse_web_address(f"http://site{number}.example/"))
    assert len(asked) == 258
    assert asked[-1] == "site0.example"
