"""Fetches one page into a file: follows redirects, obeys robots.txt, keeps to limits. Knows nothing of its content."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog

from services.augmenter.fetching.address_guard import AddressGuard, Resolver, resolve_host
from services.augmenter.fetching.body import save_body
from services.augmenter.fetching.connections import GuardedConnections, open_transport
from services.augmenter.fetching.page import Fetched, FetchLimits
from services.augmenter.fetching.redirects import redirect_target
from services.augmenter.fetching.refusals import refusal
from services.augmenter.fetching.robots import RobotsFiles
from services.augmenter.fetching.web_address import WebAddress, parse_web_address
from services.common.errors import InvalidArgument

_log = structlog.get_logger(__name__)
_FORBIDDEN = (401, 402, 403, 451)
_NOT_FOUND = (404, 410)


class PageFetcher:
    """Fetches public pages, and those of `allowed_private_hosts`, which are `host:port` as the address has them.

    `media_types` are the kinds that are read; a page that does not say its kind is `application/octet-stream`.
    """

    def __init__(
        self,
        limits: FetchLimits,
        user_agent: str,
        allowed_private_hosts: Collection[str],
        media_types: Collection[str],
        *,
        resolve: Resolver = resolve_host,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._limits = limits
        self._media_types = frozenset(media_types)
        guard = AddressGuard(resolve, allowed_private_hosts)
        self._connections = GuardedConnections(guard, transport or open_transport(), user_agent, limits.at_once)
        self._robots = RobotsFiles(self._connections, user_agent)

    async def fetch(self, url: str, folder: Path) -> Fetched:
        """Write the page's body into `folder`, which exists, or raise InvalidArgument for the field `urls`.

        Its reason is one of `refusals.Reason`, and no file is left then.
        """
        address = parse_web_address(url)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(address, folder)
        except TimeoutError as error:
            _log.info("page_refused", host=address.host, reason="URL_TIMEOUT")
            raise refusal("URL_TIMEOUT", address.host, f"{self._limits.seconds:g}") from error
        except InvalidArgument as error:
            _log.info("page_refused", host=address.host, reason=error.reason)
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def _follow(self, address: WebAddress, folder: Path) -> Fetched:
        visited: set[str] = set()
        for _ in range(self._limits.redirects + 1):
            if str(address) in visited:
                break
            visited.add(str(address))
            outcome = await self._visit(address, folder)
            if isinstance(outcome, Fetched):
                return outcome
            address = outcome
        raise refusal("URL_REDIRECTS", address.host)

    async def _visit(self, address: WebAddress, folder: Path) -> Fetched | WebAddress:
        """The page, or where it has gone."""
        rules = await self._robots.rules_for(address)
        if not rules.allows(address):
            raise refusal("URL_FORBIDDEN", address.host, "; its robots.txt says so")
        pause_seconds = max(self._limits.per_host_seconds, rules.crawl_delay_seconds)
        async with self._connections.get(address, pause_seconds) as response:
            target = redirect_target(address, response)
            if target is not None:
                return target
            _check_status(address.host, response.status_code)
            return await self._save(address, response, folder)

    async def _save(self, address: WebAddress, response: httpx.Response, folder: Path) -> Fetched:
        media_type = _media_type(response)
        if media_type not in self._media_types:
            raise refusal("URL_TYPE", address.host, media_type)
        path = folder / f"page-{secrets.token_hex(8)}"
        saved = await save_body(response, address.host, path, self._limits.bytes)
        _log.info("page_fetched", host=address.host, media_type=media_type, bytes=saved.bytes)
        return Fetched(
            url=str(address),
            media_type=media_type,
            name=address.name,
            path=path,
            fetched_at=datetime.now(UTC),
            sha256=saved.sha256,
        )


def _media_type(response: httpx.Response) -> str:
    said = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return said[:100] or "application/octet-stream"


def _check_status(host: str, status: int) -> None:
    if status in _FORBIDDEN:
        raise refusal("URL_FORBIDDEN", host)
    if status in _NOT_FOUND:
        raise refusal("URL_NOT_FOUND", host)
    if not 200 <= status < 300:
        raise refusal("URL_UNREACHABLE", host, f": it answers with the status {status}")
