"""What a search engine must give. Knows no engine."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One page that was found; title and snippet are plain text."""

    url: str
    title: str
    snippet: str
    date: str
    """ISO date of publication, or empty where the engine does not say."""


class SearchProvider(Protocol):
    """A search engine."""

    async def search(self, query: str, count: int) -> list[SearchHit]:
        """At most `count` hits, the best first, each address once; raises Unavailable with what to check."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
