"""Searches with Brave's Web Search API. Knows only that API."""

from pydantic import SecretStr

from services.augmenter.search.hits import HitFields
from services.augmenter.search.json_service import JsonService
from services.augmenter.search.provider import SearchHit

_SETTING = "LORELEI_AUGMENTER_BRAVE_API_KEY"
_FIELDS = HitFields(url="url", title="title", snippet="description", date="page_age")
_KEY_REFUSED = f"Brave Search refused the API key; check {_SETTING}."
_REFUSALS = {
    401: _KEY_REFUSED,
    403: _KEY_REFUSED,
    # What Brave answers to a key it does not know.
    422: f"Brave Search refused the request or the API key; check {_SETTING}.",
    429: "The quota of the Brave Search key is used up; wait, or check its plan.",
}
_MAX_COUNT = 20
_MAX_CHARACTERS = 400
_MAX_WORDS = 50


class BraveSearch:
    """GET {base_url}/res/v1/web/search."""

    def __init__(self, api_key: SecretStr, seconds: float, base_url: str = "https://api.search.brave.com") -> None:
        self._url = f"{base_url.rstrip('/')}/res/v1/web/search"
        headers = {"X-Subscription-Token": api_key.get_secret_value().strip(), "Accept": "application/json"}
        self._service = JsonService("Brave Search", _SETTING, _REFUSALS, headers, seconds)

    async def search(self, query: str, count: int) -> list[SearchHit]:
        """At most twenty hits; raises Unavailable."""
        shortened = " ".join(query.split()[:_MAX_WORDS])[:_MAX_CHARACTERS]
        answer = await self._service.get(
            self._url,
            {"q": shortened, "count": min(count, _MAX_COUNT), "result_filter": "web", "text_decorations": "false"},
        )
        web = answer.get("web")
        # Where nothing was found, there is no `web`.
        return _FIELDS.read(self._service.listed(web, "results"), count) if isinstance(web, dict) else []

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
