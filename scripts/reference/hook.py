"""What mkdocs calls: adds the generated pages, and refuses a site that would load anything from elsewhere."""

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from scripts.reference.grpc_api import grpc_api_page
from scripts.reference.http_api import http_api_page
from scripts.reference.settings import settings_page

_PAGES = {
    "reference/http.md": http_api_page,
    "reference/grpc.md": grpc_api_page,
    "reference/settings.md": settings_page,
}
# What a browser fetches by itself; links that people follow may go anywhere.
_FETCHED = re.compile(r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\"'\s>]+")
_LINKED = re.compile(r"<link\b(?![^>]*rel=[\"']?canonical)[^>]*\bhref=[\"']?(?:https?:)?//[^\"'\s>]+")


def on_files(files: Files, config: Any) -> Files:
    """Add the generated pages to those that people wrote."""
    for address, write in _PAGES.items():
        files.append(File.generated(config, address, content=write()))
    return files


def on_post_build(config: Any) -> None:
    """Raise PluginError where a page of the site would fetch something from elsewhere."""
    for page in Path(config.site_dir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        found = [match.group() for pattern in (_FETCHED, _LINKED) for match in pattern.finditer(text)]
        if found:
            raise PluginError(f"{page.name} loads from elsewhere: {found[0]}")
