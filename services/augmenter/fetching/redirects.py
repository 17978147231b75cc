"""Reads where a response sends the client. Follows nothing."""

import httpx

from services.augmenter.fetching.web_address import WebAddress

_REDIRECTS = (301, 302, 303, 307, 308)


def redirect_target(address: WebAddress, response: httpx.Response) -> WebAddress | None:
    """The next address, or None where this is no redirect; raises InvalidArgument URL_MALFORMED."""
    location = response.headers.get("location", "")
    return address.joined(location) if response.status_code in _REDIRECTS and location else None
