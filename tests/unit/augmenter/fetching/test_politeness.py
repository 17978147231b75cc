"""Hosts get one request at a time, with pauses; all hosts together get a bounded number."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from services.augmenter.fetching import PageFetcher
from services.augmenter.fetching.host_turns import HostTurns
from services.common.errors import InvalidArgument
from tests.unit.augmenter.fetching.fetchers import fetcher_for
from tests.unit.augmenter.fetching.site import Site, answer, running_site


class Gate:
    """Holds the answers of sites until it is opened, and counts who waits."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._arrived = asyncio.Condition()
        self.waiting = 0
        self.most_waiting = 0

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        async with self._arrived:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            self._arrived.notify_all()
        await self._opened.wait()
        self.waiting -= 1
        writer.write(answer(b"x"))

    async def wait_for(self, count: int) -> None:
        async with self._arrived, asyncio.timeout(10):
            await self._arrived.wait_for(lambda: self.waiting >= count)

    def open(self) -> None:
        self._opened.set()


async def test_requests_to_one_host_never_overlap(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers |= {f"/{number}": answer(b"x") for number in range(8)}
    await asyncio.gather(*(fetcher.fetch(site.url(f"/{number}"), tmp_path) for number in range(8)))
    assert site.most_at_once == 1
    assert sorted(site.paths) == sorted(["/robots.txt", *(f"/{number}" for number in range(8))])


async def test_requests_to_one_host_have_pauses_but_the_first_has_none(site: Site, tmp_path: Path) -> None:
    fetcher = fetcher_for(site, per_host_seconds=0.3)
    site.answers |= {"/1": answer(b"x"), "/2": answer(b"x")}
    await asyncio.gather(*(fetcher.fetch(site.url(path), tmp_path) for path in ("/1", "/2")))
    robots, first, second = (asked.at for asked in site.asked)
    assert first - robots < 0.3 <= second - first
    await fetcher.close()


async def test_a_crawl_delay_longer_than_our_pause_is_kept(site: Site, tmp_path: Path) -> None:
    fetcher = fetcher_for(site, per_host_seconds=0.01)
    site.answers |= {"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.3"), "/1": answer(b"x"), "/2": answer(b"x")}
    for path in ("/1", "/2"):
        await fetcher.fetch(site.url(path), tmp_path)
    assert site.asked[2].at - site.asked[1].at >= 0.3
    await fetcher.close()


async def test_all_hosts_together_get_a_bounded_number(tmp_path: Path) -> None:
    gate = Gate()
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(running_site(host=f"127.0.0.{number}")) for number in range(1, 5)]
        hosts = [f"127.0.0.{number}:{site.port}" for number, site in enumerate(sites, 1)]
        for site in sites:
            site.answers["/page"] = gate.answer
        fetcher = fetcher_for(at_once=2, allowed=tuple(hosts))
        fetches = [asyncio.create_task(fetcher.fetch(f"http://{host}/page", tmp_path)) for host in hosts]
        await gate.wait_for(2)
        gate.open()
        await asyncio.gather(*fetches)
        assert gate.most_waiting == 2
        await fetcher.close()


async def test_a_fetch_that_fails_or_is_cancelled_gives_its_turn_back(
    site: Site, fetcher: PageFetcher, tmp_path: Path
) -> None:
    gate = Gate()
    site.answers |= {"/held": gate.answer, "/page": answer(b"x")}
    held = asyncio.create_task(fetcher.fetch(site.url("/held"), tmp_path))
    await gate.wait_for(1)
    held.cancel()
    gone, page = await asyncio.gather(
        fetcher.fetch(site.url("/gone"), tmp_path), fetcher.fetch(site.url("/page"), tmp_path), return_exceptions=True
    )
    gate.open()
    assert isinstance(gone, InvalidArgument)
    assert not isinstance(page, BaseException)
    assert [path.name for path in tmp_path.iterdir()] == [page.path.name]


async def test_hosts_that_rest_are_forgotten() -> None:
    turns = HostTurns()
    for number in range(100):
        async with turns.turn(f"host{number}", 0.0):
            assert len(turns) == 1
    async with turns.turn("slow", 60.0):
        pass
    async with turns.turn("other", 0.0):
        assert len(turns) == 2
