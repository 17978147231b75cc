"""Searches without a key through the package ddgs, which reads the result pages of DuckDuckGo and others.

Does not know which engines answered: one that refuses this machine looks to ddgs like one that found nothing.
"""

import asyncio
import logging
import math
from typing import Any

from ddgs import DDGS
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

from services.augmenter.search.hits import HitFields
from services.augmenter.search.provider import SearchHit
from services.common.errors import Unavailable

_FIELDS = HitFields(url="href", title="title", snippet="body", date="")
_NOTHING_FOUND = "No results found"

# Both log the addresses they ask, and those hold what a user wants to know.
for _chatty in ("ddgs", "primp"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class DuckDuckGoSearch:
    """One metasearch a call, in a thread."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def search(self, query: str, count: int) -> list[SearchHit]:
        """What the engines that answered found; raises Unavailable when none can be reached in time."""
        try:
            async with asyncio.timeout(self._seconds):
                return _FIELDS.read(await asyncio.to_thread(self._ask, query, count), count)
        except (TimeoutError, TimeoutException) as error:
            raise Unavailable(f"The keyless web search did not answer within {self._seconds:g} seconds.") from error
        except RatelimitException as error:
            raise Unavailable("The keyless web search takes no more searches for now; wait, or use a key.") from error
        except DDGSException as error:
            raise Unavailable("The keyless web search cannot be reached; check the network.") from error

    async def close(self) -> None:
        """There is nothing to close; a search that runs ends by its own timeout."""

    def _ask(self, query: str, count: int) -> list[dict[str, Any]]:
        try:
            return DDGS(timeout=max(1, math.ceil(self._seconds))).text(query, max_results=count)
        except DDGSException as error:
            if _NOTHING_FOUND in str(error):
                return []
            raise
