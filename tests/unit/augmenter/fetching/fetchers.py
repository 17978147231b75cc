"""Fetchers with the limits of a test, and what they refuse."""

from pathlib import Path

import httpx
import pytest

from services.augmenter.fetching import FetchLimits, PageFetcher
from services.augmenter.fetching.address_guard import Resolver, resolve_host
from services.augmenter.fetching.refusals import Reason
from services.common.errors import InvalidArgument
from tests.unit.augmenter.fetching.site import Site

LIMIT_BYTES = 100_000
MEDIA_TYPES = ("text/html", "text/plain", "application/pdf")


def fetcher_for(
    *sites: Site,
    seconds: float = 30.0,
    redirects: int = 4,
    at_once: int = 4,
    per_host_seconds: float = 0.0,
    resolve: Resolver = resolve_host,
    transport: httpx.AsyncBaseTransport | None = None,
    allowed: tuple[str, ...] = (),
) -> PageFetcher:
    limits = FetchLimits(seconds, LIMIT_BYTES, redirects, at_once, per_host_seconds)
    hosts = [*(site.host for site in sites), *allowed]
    return PageFetcher(limits, "LoreleiTest/1.0 (+test)", hosts, MEDIA_TYPES, resolve=resolve, transport=transport)


async def refused(fetcher: PageFetcher, url: str, folder: Path, reason: Reason) -> str:
    """The message of the refusal; nothing may be left in the folder."""
    with pytest.raises(InvalidArgument) as caught:
        await fetcher.fetch(url, folder)
    assert (caught.value.reason, caught.value.field) == (reason, "urls")
    assert list(folder.iterdir()) == []
    return caught.value.message
