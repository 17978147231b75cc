"""Which provider is opened, and which setting is missed."""

import pytest
from pydantic import SecretStr

from services.augmenter.search import ProviderName, open_search
from services.augmenter.search.brave import BraveSearch
from services.augmenter.search.duckduckgo import DuckDuckGoSearch
from services.augmenter.search.searxng import SearxngSearch
from services.augmenter.search.tavily import TavilySearch
from services.common.errors import FailedPrecondition

NONE = SecretStr("")
KEY = SecretStr("key")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ddgs", DuckDuckGoSearch), ("searxng", SearxngSearch), ("brave", BraveSearch), ("tavily", TavilySearch)],
)
async def test_each_provider_opens(name: ProviderName, kind: type) -> None:
    provider = open_search(name, "http://10.0.0.9:8080", KEY, KEY, 5.0)
    assert isinstance(provider, kind)
    await provider.close()


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("searxng", "LORELEI_AUGMENTER_SEARXNG_URL"),
        ("brave", "LORELEI_AUGMENTER_BRAVE_API_KEY"),
        ("tavily", "LORELEI_AUGMENTER_TAVILY_API_KEY"),
    ],
)
def test_a_missing_setting_is_named(name: ProviderName, setting: str) -> None:
    with pytest.raises(FailedPrecondition, match=setting) as caught:
        open_search(name, "", NONE, NONE, 5.0)
    assert caught.value.reason == "SEARCH_NOT_CONFIGURED"


def test_an_address_without_a_scheme_is_no_address() -> None:
    with pytest.raises(FailedPrecondition, match="LORELEI_AUGMENTER_SEARXNG_URL"):
        open_search("searxng", "searxng:8080", NONE, NONE, 5.0)
