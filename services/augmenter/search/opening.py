"""Opens the search provider that the settings name. Knows no engine's protocol."""

from typing import Literal, assert_never

from pydantic import SecretStr

from services.augmenter.search.brave import BraveSearch
from services.augmenter.search.duckduckgo import DuckDuckGoSearch
from services.augmenter.search.provider import SearchProvider
from services.augmenter.search.searxng import SearxngSearch
from services.augmenter.search.tavily import TavilySearch
from services.common.errors import FailedPrecondition

ProviderName = Literal["ddgs", "searxng", "brave", "tavily"]


def open_search(
    provider: ProviderName,
    searxng_url: str,
    brave_api_key: SecretStr,
    tavily_api_key: SecretStr,
    seconds: float,
) -> SearchProvider:
    """The provider, or raise FailedPrecondition that names the setting it lacks; nothing is contacted yet."""
    match provider:
        case "ddgs":
            return DuckDuckGoSearch(seconds)
        case "searxng":
            _require(searxng_url.startswith(("http://", "https://")), "SearXNG", "LORELEI_AUGMENTER_SEARXNG_URL")
            return SearxngSearch(searxng_url, seconds)
        case "brave":
            _require(bool(brave_api_key.get_secret_value()), "Brave", "LORELEI_AUGMENTER_BRAVE_API_KEY")
            return BraveSearch(brave_api_key, seconds)
        case "tavily":
            _require(bool(tavily_api_key.get_secret_value()), "Tavily", "LORELEI_AUGMENTER_TAVILY_API_KEY")
            return TavilySearch(tavily_api_key, seconds)
        case _:
            assert_never(provider)


def _require(is_set: bool, provider: str, setting: str) -> None:
    if not is_set:
        raise FailedPrecondition(
            f"Web search with {provider} needs {setting}, which is not set.", reason="SEARCH_NOT_CONFIGURED"
        )
