"""Finds the IP addresses of a host and refuses private ones. Connects to nothing."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence

from services.augmenter.fetching.public_addresses import is_public
from services.augmenter.fetching.refusals import refusal
from services.augmenter.fetching.web_address import WebAddress

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host and port, the best first; raises OSError where there are none."""


async def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system's resolver, which also reads unusual spellings such as 0x7f.1."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class AddressGuard:
    """Resolves a name each time it is asked, and answers only with addresses that may be connected to."""

    def __init__(self, resolve: Resolver, allowed_private_hosts: Collection[str]) -> None:
        self._resolve = resolve
        self._allowed = frozenset(allowed_private_hosts)

    async def addresses(self, address: WebAddress) -> Sequence[str]:
        """The IP addresses, at least one; raises InvalidArgument URL_UNREACHABLE or URL_PRIVATE.

        One private address among public ones refuses the host: the next answer might have it first.
        """
        try:
            found = await self._resolve(address.host, address.port)
        except (OSError, UnicodeError) as error:
            raise refusal("URL_UNREACHABLE", address.host, ": its name is not known") from error
        if not found:
            raise refusal("URL_UNREACHABLE", address.host, ": its name is not known")
        if address.host_and_port not in self._allowed and not all(map(is_public, found)):
            raise refusal("URL_PRIVATE", address.host)
        return found
