"""Searches with an operator's own SearXNG, which may be at a private address. Knows only its JSON API."""

from services.augmenter.search.hits import HitFields
from services.augmenter.search.json_service import JsonService
from services.augmenter.search.provider import SearchHit

_SETTING = "LORELEI_AUGMENTER_SEARXNG_URL"
_FIELDS = HitFields(url="url", title="title", snippet="content", date="publishedDate")
_REFUSALS = {
    401: f"SearXNG asks for a password, which cannot be given; check {_SETTING}.",
    403: "SearXNG does not give JSON; add `json` to `search.formats` in its settings.yml.",
    429: "SearXNG takes no more searches for now; set `server.limiter` to false in its settings.yml or wait.",
}


class SearxngSearch:
    """GET {base_url}/search."""

    def __init__(self, base_url: str, seconds: float) -> None:
        self._url = f"{base_url.rstrip('/')}/search"
        self._service = JsonService("SearXNG", _SETTING, _REFUSALS, {}, seconds)

    async def search(self, query: str, count: int) -> list[SearchHit]:
        """The first page of hits; raises Unavailable."""
        answer = await self._service.get(self._url, {"q": query, "format": "json"})
        return _FIELDS.read(self._service.listed(answer, "results"), count)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
