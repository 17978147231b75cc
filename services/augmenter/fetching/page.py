"""What a fetch is given and what it gives back. Knows nothing of how pages are fetched."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost, and how the fetches of one process share the web."""

    seconds: float
    """For a whole fetch: with redirects, robots.txt and the wait for the host's turn."""
    bytes: int
    """Of the body, decoded."""
    redirects: int
    at_once: int
    """Requests at the same time, over all hosts."""
    per_host_seconds: float
    """Pause between two requests to one host, which never overlap."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that lies in a file."""

    url: str
    """After redirects, without the fragment."""
    media_type: str
    """In lower case, without parameters."""
    name: str
    """The last part of the path, or the host where the path has none."""
    path: Path
    fetched_at: datetime
    """In UTC."""
    sha256: str
    """Of the body."""
