"""Pages from a local site: what is kept, what is refused, what limits do."""

import asyncio
import gzip
import hashlib
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from services.augmenter.fetching import PageFetcher
from services.augmenter.fetching.body import Gunzip
from services.augmenter.fetching.refusals import Reason
from tests.unit.augmenter.fetching.fetchers import LIMIT_BYTES, fetcher_for, refused
from tests.unit.augmenter.fetching.site import Site, answer, redirect, running_site

PAGE = b"<p>The kelp is up to eleven metres tall.</p>"


async def test_a_page_lies_in_the_folder(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers["/a/kelp.html"] = answer(PAGE, set_cookie="session=1")
    before = datetime.now(UTC)
    fetched = await fetcher.fetch(site.url("/a/kelp.html?x=1#part"), tmp_path)
    assert fetched.path.parent == tmp_path
    assert fetched.path.read_bytes() == PAGE
    assert fetched.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert fetched.url == site.url("/a/kelp.html?x=1")
    assert (fetched.media_type, fetched.name) == ("text/html", "kelp.html")
    assert before <= fetched.fetched_at <= datetime.now(UTC)


async def test_requests_say_who_asks_and_carry_no_cookies(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers["/a"] = answer(PAGE, set_cookie="session=1; Path=/")
    first, second = [await fetcher.fetch(site.url("/a"), tmp_path) for _ in range(2)]
    assert first.path != second.path
    assert site.paths == ["/robots.txt", "/a", "/a"]
    for asked in site.asked:
        assert asked.headers["host"] == site.host
        assert asked.headers["user-agent"] == "LoreleiTest/1.0 (+test)"
        assert "cookie" not in asked.headers


async def test_redirects_are_followed_also_to_other_hosts(site: Site, tmp_path: Path) -> None:
    async with running_site() as other:
        fetcher = fetcher_for(site, other)
        site.answers |= {"/a": redirect("b/../c", 301), "/c": redirect(other.url("/end"), 308)}
        other.answers["/end"] = answer(PAGE, media_type="Text/PLAIN")
        fetched = await fetcher.fetch(site.url("/a"), tmp_path)
        assert (fetched.url, fetched.media_type) == (other.url("/end"), "text/plain")
        assert other.paths == ["/robots.txt", "/end"]
        await fetcher.close()


async def test_endless_redirects(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers |= {"/loop": redirect("/pool"), "/pool": redirect("/loop")}
    assert "127.0.0.1" in await refused(fetcher, site.url("/loop"), tmp_path, "URL_REDIRECTS")
    assert site.paths.count("/loop") == 1


async def test_as_many_redirects_as_allowed_and_no_more(site: Site, tmp_path: Path) -> None:
    site.answers |= {"/3": redirect("/2"), "/2": redirect("/1"), "/1": redirect("/0"), "/0": answer(PAGE)}
    fetcher = fetcher_for(site, redirects=2)
    await refused(fetcher, site.url("/3"), tmp_path, "URL_REDIRECTS")
    assert (await fetcher.fetch(site.url("/2"), tmp_path)).url == site.url("/0")
    await fetcher.close()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(status=401), "URL_FORBIDDEN"),
        (answer(status=402), "URL_FORBIDDEN"),
        (answer(status=403), "URL_FORBIDDEN"),
        (answer(status=404), "URL_NOT_FOUND"),
        (answer(status=410), "URL_NOT_FOUND"),
        (answer(status=429), "URL_UNREACHABLE"),
        (answer(status=500), "URL_UNREACHABLE"),
        (answer(status=503), "URL_UNREACHABLE"),
        (answer(status=302), "URL_UNREACHABLE"),
        (redirect("ftp://127.0.0.1/x"), "URL_MALFORMED"),
        (redirect("http://[::1/x"), "URL_MALFORMED"),
        (redirect("http://user:pass@127.0.0.1/x"), "URL_MALFORMED"),
        (answer(PAGE, media_type="image/png"), "URL_TYPE"),
        (answer(PAGE, media_type=""), "URL_TYPE"),
        (answer(PAGE, content_encoding="br"), "URL_UNREACHABLE"),
        (answer(PAGE, content_encoding="gzip"), "URL_UNREACHABLE"),
        (answer(gzip.compress(PAGE)[:-6], content_encoding="gzip"), "URL_UNREACHABLE"),
        (answer(PAGE, content_length="1000"), "URL_UNREACHABLE"),
        (b"not http at all\r\n\r\n", "URL_UNREACHABLE"),
        (b"", "URL_UNREACHABLE"),
        (answer(b"x" * (LIMIT_BYTES + 1)), "URL_TOO_LARGE"),
        (answer(b"x" * (LIMIT_BYTES + 1), content_length=""), "URL_TOO_LARGE"),
        (answer(content_length="9" * 12), "URL_TOO_LARGE"),
        (answer(gzip.compress(bytes(LIMIT_BYTES * 500)), content_encoding="gzip"), "URL_TOO_LARGE"),
        (answer(gzip.compress(gzip.compress(bytes(10**8))), content_encoding="gzip, gzip"), "URL_UNREACHABLE"),
    ],
)
async def test_what_is_refused(said: bytes, reason: Reason, site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers["/page"] = said
    assert "127.0.0.1" in await refused(fetcher, site.url("/page?token=hunter2"), tmp_path, reason)


async def test_a_page_of_exactly_the_limit(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers["/page"] = answer(b"x" * LIMIT_BYTES)
    assert (await fetcher.fetch(site.url("/page"), tmp_path)).path.stat().st_size == LIMIT_BYTES


async def test_compressed_pages_are_unpacked(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    text = b"".join(f"{number} kelp forests\n".encode() for number in range(5000))
    for name, packed in {
        "/one": gzip.compress(text),
        "/two": gzip.compress(text[:9]) + gzip.compress(text[9:]),
    }.items():
        site.answers[name] = answer(packed, content_encoding="gzip")
        assert (await fetcher.fetch(site.url(name), tmp_path)).path.read_bytes() == text


async def test_a_declared_length_that_is_too_short_ends_the_page(
    site: Site, fetcher: PageFetcher, tmp_path: Path
) -> None:
    site.answers["/page"] = answer(b"x" * (LIMIT_BYTES * 3), content_length="10")
    assert (await fetcher.fetch(site.url("/page"), tmp_path)).path.stat().st_size == 10


async def test_an_endless_page_is_left(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    left = asyncio.Event()

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(content_length=""))
        try:
            while True:
                writer.write(b"x" * 4096)
                await writer.drain()
        except ConnectionError:
            left.set()

    site.answers["/page"] = endless
    await refused(fetcher, site.url("/page"), tmp_path, "URL_TOO_LARGE")
    assert await asyncio.wait_for(left.wait(), 10), "the connection was closed"


@pytest.mark.parametrize("path", ["/robots.txt", "/page"])
@pytest.mark.parametrize("sent", [b"", answer(content_length="100") + b"begin"])
async def test_a_slow_site_meets_the_deadline(path: str, sent: bytes, site: Site, tmp_path: Path) -> None:
    released = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await released.wait()

    site.answers[path] = slow
    fetcher = fetcher_for(site, seconds=0.2)
    assert "0.2 seconds" in await refused(fetcher, site.url("/page"), tmp_path, "URL_TIMEOUT")
    released.set()
    await fetcher.close()


async def test_a_closed_port_is_unreachable(site: Site, tmp_path: Path) -> None:
    async with running_site() as gone:
        pass
    fetcher = fetcher_for(gone)
    assert "127.0.0.1" in await refused(fetcher, gone.url(), tmp_path, "URL_UNREACHABLE")
    assert gone.paths == []
    await fetcher.close()


async def test_logs_have_the_host_but_not_the_address(site: Site, fetcher: PageFetcher, tmp_path: Path) -> None:
    site.answers["/page"] = answer(PAGE)
    with structlog.testing.capture_logs() as lines:
        await refused(fetcher, site.url("/gone?token=hunter2"), tmp_path, "URL_NOT_FOUND")
        await fetcher.fetch(site.url("/page?token=hunter2"), tmp_path)
    assert [line["event"] for line in lines] == ["page_refused", "page_fetched"]
    assert (lines[0]["reason"], lines[1]["bytes"]) == ("URL_NOT_FOUND", len(PAGE))
    assert "hunter2" not in str(lines)


async def test_proxies_of_the_environment_are_not_used(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site.answers["/page"] = answer(PAGE)
    fetcher = fetcher_for(site)
    assert (await fetcher.fetch(site.url("/page"), tmp_path)).path.read_bytes() == PAGE
    await fetcher.close()


def test_a_bomb_is_unpacked_in_bounded_pieces() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(bytes(10_000_000)) + packer.flush()
    assert max(map(len, Gunzip().pieces(bomb))) <= 65536
