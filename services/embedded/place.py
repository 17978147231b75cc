"""Where a Lorelei that is ready is found, in words and as JSON."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Place:
    """The gateway's address, and the files that a person may look for."""

    url: str
    api_key: Path
    logs: Path

    def lines(self, *, with_key: bool) -> list[str]:
        """What a person needs. With the key the page opens without asking for it; never write that to a file."""
        fragment = f"#key={quote(self.api_key.read_text(encoding='ascii').strip())}" if with_key else ""
        return [
            f"  Page     {self.url}/{fragment}",
            f"  API      {self.url}/v1 (OpenAI-compatible; described at {self.url}/docs)",
            f"  API key  in {self.api_key}",
            f"  Logs     in {self.logs}",
            "  Talk     lorelei chat",
            "Ctrl-C stops it.",
        ]

    def body(self) -> dict[str, str]:
        """What a program needs."""
        files = {"api_key_file": str(self.api_key), "logs": str(self.logs)}
        return {"page": f"{self.url}/", "api": f"{self.url}/v1", **files}
