"""Reads each site's robots.txt and remembers it for an hour. Knows nothing of pages.

As RFC 9309 says: a robots.txt that a site does not have (4xx) forbids nothing, one that the site fails to give (5xx,
no connection) forbids everything for as long as that lasts.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx
from protego import Protego

from services.augmenter.fetching.body import body_pieces
from services.augmenter.fetching.connections import GuardedConnections
from services.augmenter.fetching.redirects import redirect_target
from services.augmenter.fetching.refusals import refusal
from services.augmenter.fetching.web_address import WebAddress

_MAX_AGE_SECONDS = 3600.0
_MAX_SITES = 256
_MAX_BYTES = 500 * 1024
_MAX_REDIRECTS = 5
_MAX_CRAWL_DELAY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What one site asks of us."""

    robots: Protego
    product: str

    def allows(self, address: WebAddress) -> bool:
        """Whether the page may be fetched."""
        return self.robots.can_fetch(str(address), self.product)

    @property
    def crawl_delay_seconds(self) -> float:
        """The pause that the site asks for, up to ten seconds."""
        return min(self.robots.crawl_delay(self.product) or 0.0, _MAX_CRAWL_DELAY_SECONDS)


@dataclass(slots=True)
class _Site:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: SiteRules | None = None
    read_at: float = 0.0


class RobotsFiles:
    """The rules of the sites asked last. The product's name in a robots.txt is the first word of `user_agent`."""

    def __init__(
        self, connections: GuardedConnections, user_agent: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connections = connections
        self._product = re.split(r"[/\s]", user_agent.strip(), maxsplit=1)[0]
        self._clock = clock
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    async def rules_for(self, address: WebAddress) -> SiteRules:
        """The rules of the address' site; raises InvalidArgument where its robots.txt cannot be had."""
        site = self._site(address.origin)
        async with site.lock:
            if site.rules is None or self._clock() - site.read_at > _MAX_AGE_SECONDS:
                site.rules = SiteRules(await self._read(address.robots()), self._product)
                site.read_at = self._clock()
            return site.rules

    def _site(self, origin: str) -> _Site:
        site = self._sites.setdefault(origin, _Site())
        self._sites.move_to_end(origin)
        if len(self._sites) > _MAX_SITES:
            self._sites.popitem(last=False)
        return site

    async def _read(self, address: WebAddress) -> Protego:
        """Fetch and parse; a longer chain of redirects counts as no robots.txt."""
        for _ in range(_MAX_REDIRECTS + 1):
            # A robots.txt and the page after it are one visit: no pause between them.
            async with self._connections.get(address, pause_seconds=0.0) as response:
                target = redirect_target(address, response)
                if target is None:
                    text = await _text(response, address.host)
                    return await asyncio.to_thread(Protego.parse, text)
            address = target
        return Protego.parse("")


async def _text(response: httpx.Response, host: str) -> str:
    """The beginning of the file, which is all that RFC 9309 asks to read; nothing where there is none."""
    if response.status_code >= 500:
        raise refusal("URL_FORBIDDEN", host, ": its robots.txt, which would say so, cannot be had")
    if not response.is_success:
        return ""
    content = bytearray()
    async with aclosing(body_pieces(response, host)) as pieces:
        async for piece in pieces:
            content += piece
            if len(content) >= _MAX_BYTES:
                break
    return content[:_MAX_BYTES].decode("utf-8-sig", errors="replace")
