"""The page's files over real HTTP: under a strict policy, and cached by what they hold."""

import re

import httpx
import pytest

from tests.contract.gateway.conftest import Running


@pytest.mark.parametrize("address", ["/", "/docs"])
async def test_a_page_runs_nothing_but_its_own_files(running: Running, address: str) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        page = await http.get(address)
        named = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
        files = {path: await http.get(path) for path in named}
        unknown = await http.get("/assets/0123456789abcdef/app/main.js")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page.text
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert any(path.endswith("/main.js") for path in named)
    assert {path: reply.status_code for path, reply in files.items()} == dict.fromkeys(named, 200)
    for reply in (page, *files.values()):
        # The reference lets its sanitiser have more names; what it loads needs none of them.
        assert policy.startswith(reply.headers["content-security-policy"])
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert unknown.status_code == 404


async def test_files_are_kept_by_browsers_and_the_page_is_asked_for_anew(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        page = await http.get("/")
        script = re.findall(r'src="(/assets/[^"]+)"', page.text)[0]
        kept = (await http.get(script)).headers["cache-control"]
        outside = await http.get(script.replace("app/main.js", "%2e%2e/settings.py"))
    assert page.headers["cache-control"] == "no-cache"
    assert kept == "public, max-age=31536000, immutable"
    assert outside.status_code == 404
