"""Serves the pages, and a search over them that answers as SearXNG does.

By hand: python -m tests.small_web.server --port 8888
"""

import argparse
import json
import re
import threading
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Self
from urllib.parse import parse_qs, urlsplit

_FOLDER = Path(__file__).parent
_HEAD = re.compile(r"<!--(.*?)-->\s*(.*)", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(r"\w+")
_METADATA = "http://169.254.169.254/latest/meta-data/"


@dataclass(frozen=True)
class Page:
    """One article, and what its publisher says of it."""

    name: str
    fields: dict[str, str]
    body: str

    @property
    def text(self) -> str:
        return _TAG.sub(" ", self.body)

    def html(self) -> str:
        """The article between menus, advertisements and a cookie banner."""
        frame = Template((_FOLDER / "frame.html").read_text(encoding="utf-8"))
        return frame.substitute(self.fields, body=self.body)


@cache
def read_pages() -> dict[str, Page]:
    """All pages by name."""
    pages = {}
    for path in sorted((_FOLDER / "pages").glob("*.html")):
        match = _HEAD.match(path.read_text(encoding="utf-8"))
        assert match is not None
        fields = dict(field.strip().split(": ", 1) for field in match[1].split("|"))
        pages[path.stem] = Page(path.stem, fields, match[2])
    return pages


def found_for(query: str, site: str) -> list[dict[str, object]]:
    """Results as SearXNG gives them, by the share of the query's words that a page holds."""
    wanted = set(_WORD.findall(query.casefold()))
    results = []
    for page in read_pages().values():
        said = set(_WORD.findall(f"{page.fields['title']} {page.text}".casefold()))
        score = len(wanted & said) / max(1, len(wanted))
        if score:
            results.append(
                {
                    "url": f"{site}/site/{page.name}.html",
                    "title": page.fields["title"],
                    "content": page.text.strip()[:160],
                    "publishedDate": f"{page.fields['date']}T06:30:00",
                    "engine": "small",
                    "score": score,
                }
            )
    return sorted(results, key=lambda result: -float(str(result["score"])))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        name = url.path.removeprefix("/site/").removesuffix(".html")
        if url.path == "/search":
            self._search(parse_qs(url.query))
        elif url.path == "/robots.txt":
            self._answer(200, "text/plain", "User-agent: *\nDisallow: /private/\n")
        elif url.path == "/go/metadata":
            self._answer(302, "text/plain", "", {"Location": _METADATA})
        elif url.path == "/private/page.html":
            self._answer(200, "text/html", "<p>The private vault was built in 1901 by Otto Hidden.</p>")
        elif url.path.startswith("/site/") and name in read_pages():
            self._answer(200, "text/html; charset=utf-8", read_pages()[name].html())
        else:
            self._answer(404, "text/plain", "not found")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        return

    def _search(self, query: dict[str, list[str]]) -> None:
        if query.get("format") != ["json"]:
            self._answer(403, "text/plain", "Forbidden")
            return
        asked = query.get("q", [""])[0]
        results = found_for(asked, f"http://{self.headers['Host']}")
        body = {"query": asked, "number_of_results": len(results), "results": results, "suggestions": []}
        self._answer(200, "application/json", json.dumps(body))

    def _answer(self, status: int, media_type: str, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class SmallWeb:
    """The web, running while it is used as a context; port 0 is any free one."""

    def __init__(self, port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8888)
    with SmallWeb(parser.parse_args().port) as web:
        print(f"The small web is at {web.url}; search: {web.url}/search?q=barrage&format=json", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
