"""Fetches public web pages: never from private networks, politely, within limits. Knows nothing of what pages say."""

from services.augmenter.fetching.fetcher import PageFetcher
from services.augmenter.fetching.page import Fetched, FetchLimits

__all__ = ["FetchLimits", "Fetched", "PageFetcher"]
