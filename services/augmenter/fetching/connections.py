"""Sends one GET to the IP addresses that were checked for it. Knows nothing of redirects, robots or bodies."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from services.augmenter.fetching.address_guard import AddressGuard
from services.augmenter.fetching.host_turns import HostTurns
from services.augmenter.fetching.refusals import refusal
from services.augmenter.fetching.web_address import WebAddress

_CONNECT_SECONDS = 5.0
_ADDRESSES_TRIED = 3
_COULD_NOT_CONNECT = (httpx.ConnectError, httpx.ConnectTimeout)


def open_transport(verify: ssl.SSLContext | bool = True) -> httpx.AsyncHTTPTransport:
    """A transport that takes nothing from the environment and uses no connection twice.

    A connection is opened to an IP address; used again, it would serve another host without a check of that host's
    certificate. A transport, unlike a client, also keeps no cookies and writes no addresses to the log.
    """
    return httpx.AsyncHTTPTransport(
        verify=verify, trust_env=False, limits=httpx.Limits(max_connections=None, max_keepalive_connections=0)
    )


class GuardedConnections:
    """All requests go through here: checked address, the host's turn, one of a bounded number."""

    def __init__(self, guard: AddressGuard, transport: httpx.AsyncBaseTransport, user_agent: str, at_once: int) -> None:
        self._guard = guard
        self._transport = transport
        self._user_agent = user_agent
        self._turns = HostTurns()
        self._slots = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def get(self, address: WebAddress, pause_seconds: float) -> AsyncIterator[httpx.Response]:
        """The response with its body unread; raises InvalidArgument URL_UNREACHABLE or URL_PRIVATE."""
        async with self._turns.turn(address.host.rstrip("."), pause_seconds), self._slots:
            ip_addresses = await self._guard.addresses(address)
            try:
                response = await self._send(address, list(ip_addresses[:_ADDRESSES_TRIED]))
                try:
                    yield response
                finally:
                    await response.aclose()
            except httpx.TransportError as error:
                raise refusal("URL_UNREACHABLE", address.host, ": no connection, or not a safe one") from error

    async def close(self) -> None:
        """Close what is open."""
        await self._transport.aclose()

    async def _send(self, address: WebAddress, ip_addresses: list[str]) -> httpx.Response:
        for ip_address in ip_addresses[:-1]:
            with suppress(*_COULD_NOT_CONNECT):
                return await self._transport.handle_async_request(self._request(address, ip_address))
        return await self._transport.handle_async_request(self._request(address, ip_addresses[-1]))

    def _request(self, address: WebAddress, ip_address: str) -> httpx.Request:
        """A request to `ip_address` that asks for, and checks the certificate of, the host of `address`."""
        return httpx.Request(
            "GET",
            address.url.copy_with(host=ip_address),
            headers={
                "Host": address.url.netloc.decode("ascii"),
                "User-Agent": self._user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
                "Connection": "close",
            },
            extensions={
                "sni_hostname": address.host.rstrip("."),
                # The rest of a fetch has one deadline for all its parts.
                "timeout": httpx.Timeout(None, connect=_CONNECT_SECONDS).as_dict(),
            },
        )
