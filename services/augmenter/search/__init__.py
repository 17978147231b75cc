"""Searches the web for what a user wants looked up. Knows nothing of the pages behind the hits."""

from services.augmenter.search.opening import ProviderName, open_search
from services.augmenter.search.provider import SearchHit, SearchProvider
from services.augmenter.search.queries import search_queries

__all__ = ["ProviderName", "SearchHit", "SearchProvider", "open_search", "search_queries"]
