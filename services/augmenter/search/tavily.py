"""Searches with Tavily's API. Knows only that API."""

from pydantic import SecretStr

from services.augmenter.search.hits import HitFields
from services.augmenter.search.json_service import JsonService
from services.augmenter.search.provider import SearchHit

_SETTING = "LORELEI_AUGMENTER_TAVILY_API_KEY"
_FIELDS = HitFields(url="url", title="title", snippet="content", date="published_date")
_KEY_REFUSED = f"Tavily refused the API key; check {_SETTING}."
_QUOTA = "The quota of the Tavily key is used up; wait, or check its plan."
# 432 and 433 are Tavily's own, for the limits of a plan and of what may be paid.
_REFUSALS = {401: _KEY_REFUSED, 403: _KEY_REFUSED, 429: _QUOTA, 432: _QUOTA, 433: _QUOTA}
_MAX_COUNT = 20
_MAX_CHARACTERS = 400


class TavilySearch:
    """POST {base_url}/search."""

    def __init__(self, api_key: SecretStr, seconds: float, base_url: str = "https://api.tavily.com") -> None:
        self._url = f"{base_url.rstrip('/')}/search"
        headers = {"Authorization": f"Bearer {api_key.get_secret_value().strip()}"}
        self._service = JsonService("Tavily", _SETTING, _REFUSALS, headers, seconds)

    async def search(self, query: str, count: int) -> list[SearchHit]:
        """At most twenty hits; raises Unavailable."""
        body: dict[str, str | int] = {"query": query[:_MAX_CHARACTERS], "max_results": min(count, _MAX_COUNT)}
        answer = await self._service.post(self._url, body)
        return _FIELDS.read(self._service.listed(answer, "results"), count)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
