"""Makes clean hits of what a search engine's answer lists. Knows the names of the fields only from its caller."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime

from services.augmenter.search.provider import SearchHit

_HIGHLIGHT = re.compile(r"</?(?:strong|b|em|i|mark|span|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
# One engine gives a whole article for a snippet.
_MAX_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class HitFields:
    """Under which names an engine's results hold what a hit needs; `date` may be empty."""

    url: str
    title: str
    snippet: str
    date: str

    def read(self, results: Iterable[object], count: int) -> list[SearchHit]:
        """The first `count` results that have a web address, each address once."""
        hits: dict[str, SearchHit] = {}
        for result in results:
            hit = self._hit(result) if isinstance(result, Mapping) else None
            if hit is not None:
                hits.setdefault(hit.url.partition("#")[0], hit)
        return list(hits.values())[:count]

    def _hit(self, result: Mapping[object, object]) -> SearchHit | None:
        url = result.get(self.url)
        if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
            return None
        return SearchHit(
            url=url,
            title=plain_text(result.get(self.title)),
            snippet=plain_text(result.get(self.snippet)),
            date=iso_date(result.get(self.date)),
        )


def plain_text(value: object) -> str:
    """The beginning of `value` without tags, entities and superfluous space; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(_TAG.sub(" ", _HIGHLIGHT.sub("", value))).split())[:_MAX_CHARACTERS]


def iso_date(value: object) -> str:
    """The day of an ISO or an e-mail style date, or empty."""
    if not isinstance(value, str):
        return ""
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except ValueError:
        return ""
