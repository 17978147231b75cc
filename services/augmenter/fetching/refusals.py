"""Says in plain sentences why a page was not fetched. Knows nothing of how that was found out."""

from typing import Literal

from services.common.errors import InvalidArgument

Reason = Literal[
    "URL_MALFORMED",
    "URL_PRIVATE",
    "URL_TOO_LARGE",
    "URL_TYPE",
    "URL_FORBIDDEN",
    "URL_NOT_FOUND",
    "URL_REDIRECTS",
    "URL_TIMEOUT",
    "URL_UNREACHABLE",
]

_SENTENCES: dict[Reason, str] = {
    "URL_MALFORMED": "{host} is not an address of a web page; it must begin with http:// or https://, name a host "
    "and hold no user name or password.",
    "URL_PRIVATE": "{host} is not on the public internet, so nothing is read from it.",
    "URL_TOO_LARGE": "The page at {host} is too large; {detail} are the most.",
    "URL_TYPE": "What lies at {host} is of a kind that cannot be read: {detail}.",
    "URL_FORBIDDEN": "{host} does not let programs read this page{detail}.",
    "URL_NOT_FOUND": "There is no such page at {host}.",
    "URL_REDIRECTS": "The page at {host} leads from address to address without end.",
    "URL_TIMEOUT": "The page at {host} could not be fetched within {detail} seconds.",
    "URL_UNREACHABLE": "The page at {host} cannot be had at the moment{detail}.",
}


def refusal(reason: Reason, host: str, detail: str = "") -> InvalidArgument:
    """The error for `reason`; `detail` is a figure or a short clause, never anything secret."""
    return InvalidArgument(_SENTENCES[reason].format(host=host, detail=detail), field="urls", reason=reason)
