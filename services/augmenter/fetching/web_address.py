"""Reads the addresses of web pages, so that one reading decides whom to ask. Resolves and contacts nothing."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from services.augmenter.fetching.refusals import refusal

_MAX_CHARACTERS = 4096
_MAX_NAME_CHARACTERS = 120
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]+", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An http or https address with a host, without credentials and without a fragment."""

    url: httpx.URL

    def __str__(self) -> str:
        return str(self.url)

    @property
    def host(self) -> str:
        """The host in lower case and in ASCII; an IPv6 address has no brackets."""
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        """The port that is meant, also where the address has none."""
        return _DEFAULT_PORTS[self.url.scheme] if self.url.port is None else self.url.port

    @property
    def host_and_port(self) -> str:
        """For example `example.org:443` or `[::1]:80`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, which is what a robots.txt speaks for."""
        return f"{self.url.scheme}://{self.host_and_port}"

    @property
    def name(self) -> str:
        """The last part of the path, or the host."""
        last = _UNPRINTABLE.sub("", unquote(self.url.raw_path.decode("ascii").partition("?")[0].rpartition("/")[2]))
        return last[-_MAX_NAME_CHARACTERS:] or self.host

    def robots(self) -> "WebAddress":
        """Where this origin's robots.txt lies."""
        return WebAddress(self.url.copy_with(raw_path=b"/robots.txt"))

    def joined(self, location: str) -> "WebAddress":
        """Where a redirect from here to `location` leads; raises InvalidArgument URL_MALFORMED as parsing does."""
        try:
            target = str(self.url.join(location))
        except (httpx.InvalidURL, ValueError) as error:
            raise refusal("URL_MALFORMED", f"What {self.host} leads to") from error
        return parse_web_address(target)


def parse_web_address(text: str) -> WebAddress:
    """Read what a user gave as an address, or raise InvalidArgument URL_MALFORMED."""
    stripped = text.strip()
    try:
        url = httpx.URL(stripped[: _MAX_CHARACTERS + 1])
        host = url.raw_host.decode("ascii")
        port = url.port
    except (httpx.InvalidURL, ValueError) as error:
        raise refusal("URL_MALFORMED", _shown(stripped)) from error
    well_formed = (
        len(stripped) <= _MAX_CHARACTERS
        and url.scheme in _DEFAULT_PORTS
        and not url.userinfo
        and _HOST.fullmatch(host)
        and (port is None or 1 <= port <= 65535)
    )
    if not well_formed:
        raise refusal("URL_MALFORMED", host or _shown(stripped))
    return WebAddress(url.copy_with(fragment=None))


def _shown(text: str) -> str:
    """The beginning of a text that is no address, without what may be secret."""
    beginning = re.split(r"[?#\s]", text, maxsplit=1)[0][:60]
    return "One of the addresses" if "@" in text or not beginning else beginning
