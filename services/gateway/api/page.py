"""The web page at `/` and the files that it is made of. Knows nothing of what the page shows."""

import hashlib
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
# Their address changes with their content.
_FOREVER = "public, max-age=31536000, immutable"


def add_page(app: FastAPI) -> None:
    """Serve the page at `/`, and its files at an address that names their content."""
    assets = f"/assets/{_digest(_FOLDER)}"
    page = _index(assets)
    headers = {**_HEADERS, "Cache-Control": "no-cache"}

    @app.get("/", include_in_schema=False)
    async def show_page() -> HTMLResponse:
        return HTMLResponse(page, headers=headers)

    app.mount(assets, _Assets(directory=_FOLDER))


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({**_HEADERS, "Cache-Control": _FOREVER})
        return response


def _index(assets: str) -> str:
    """The page with the addresses of its files, and its modules named ahead, so that they come all at once."""
    modules = sorted((_FOLDER / _SCRIPTS).glob("**/*.js"))
    preloads = "\n".join(
        f'<link rel="modulepreload" href="{assets}/{module.relative_to(_FOLDER).as_posix()}">' for module in modules
    )
    page = (_FOLDER / "index.html").read_text(encoding="utf-8")
    return page.replace(_PRELOADS_MARK, preloads).replace(_ASSETS_MARK, assets)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
