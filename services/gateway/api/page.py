"""The web page at `/`, the reference at `/docs` and the files they are made of. Knows nothing of what they show."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parents[1] / "web"
_SCRIPTS = "app"
_ASSETS_MARK = "{{assets}}"
_PRELOADS_MARK = "<!-- preloads -->"

# Nothing from elsewhere, no script or style inside the page, and HTML from text only through the sanitiser.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types dompurify"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Swagger UI hands strings to the browser; the reference's own script puts the sanitiser in between as the `default`.
_REFERENCE_POLICY = f"{_POLICY} dompurify#reference default"
# Their address changes with their content.
_FOREVER = "public, max-age=31536000, immutable"


def add_page(app: FastAPI) -> None:
    """Serve the pages, and their files at an address that names their content."""
    assets = f"/assets/{_digest(_FOLDER)}"
    for address, file, policy in (("/", "index.html", _POLICY), ("/docs", "reference/index.html", _REFERENCE_POLICY)):
        app.add_api_route(address, _shown(_page(file, assets), policy), include_in_schema=False)
    app.mount(assets, _Assets(directory=_FOLDER))


def _shown(page: str, policy: str) -> Callable[[], Awaitable[HTMLResponse]]:
    headers = {**_HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-cache"}

    async def show_page() -> HTMLResponse:
        return HTMLResponse(page, headers=headers)

    return show_page


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({**_HEADERS, "Cache-Control": _FOREVER})
        return response


def _page(file: str, assets: str) -> str:
    """A page with the addresses of its files; where it asks, the modules are named ahead, so that they come at once."""
    modules = sorted((_FOLDER / _SCRIPTS).glob("**/*.js"))
    preloads = "\n".join(
        f'<link rel="modulepreload" href="{assets}/{module.relative_to(_FOLDER).as_posix()}">' for module in modules
    )
    page = (_FOLDER / file).read_text(encoding="utf-8")
    return page.replace(_PRELOADS_MARK, preloads).replace(_ASSETS_MARK, assets)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
