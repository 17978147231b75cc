"""A site, and a fetcher that may read it."""

from collections.abc import AsyncIterator

import pytest

from services.augmenter.fetching import PageFetcher
from tests.unit.augmenter.fetching.fetchers import fetcher_for
from tests.unit.augmenter.fetching.site import Site, running_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as site:
        yield site


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[PageFetcher]:
    fetcher = fetcher_for(site)
    yield fetcher
    await fetcher.close()
