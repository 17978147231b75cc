"""The page in a real Chromium, before a whole gateway with real HTTP, Redis and gRPC."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from tests.contract.conftest import redis_url
from tests.contract.gateway.conftest import Running, running, services, settings

__all__ = ["redis_url", "running", "services", "settings"]

DESKTOP = {"width": 1200, "height": 800}
PHONE = {"width": 390, "height": 844}

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync"]
_WAIT_MILLISECONDS = 20_000

expect.set_options(timeout=_WAIT_MILLISECONDS)


class Visitors:
    """Opens the page for people; everything that goes wrong in their browsers is collected in `complaints`."""

    def __init__(self, browser: Browser, url: str, key: str) -> None:
        self._browser = browser
        self.url = url
        self.key = key
        self.complaints: list[str] = []

    @asynccontextmanager
    async def visit(self, user: str, *, known: bool = True, **context: Any) -> AsyncIterator[Page]:
        """The page as `user` sees it, in a browser of their own; a `known` one has a key already."""
        made = await self._browser.new_context(**{"viewport": DESKTOP, **context})
        made.set_default_timeout(_WAIT_MILLISECONDS)
        await made.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await made.new_page()
        self.watch(page)
        if known:
            await page.add_init_script(f"localStorage.setItem('lorelei.user', '{user}')")
            await page.goto(f"{self.url}/#key={self.key}")
        else:
            await page.goto(self.url)
        try:
            yield page
        finally:
            await made.close()

    def watch(self, page: Page) -> None:
        """Collect errors, breaches of the content policy, and requests to anywhere else."""

        def on_console(message: ConsoleMessage) -> None:
            # Chromium itself notes every refused request; what becomes of those the tests look at.
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.complaints.append(message.text)

        def on_request(request: Request) -> None:
            if not request.url.startswith((self.url, "data:", "blob:")):
                self.complaints.append(f"asked {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", on_request)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium of this machine's own."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("chromium is not installed; on Debian or Ubuntu: apt install chromium")
    async with async_playwright() as playwright:
        # Not closed here: closing waits for Chromium without end, while Playwright, when it stops, kills it after 30 s.
        yield await playwright.chromium.launch(executable_path=program, args=_FLAGS)


@pytest.fixture
async def visitors(running: Running, browser: Browser) -> AsyncIterator[Visitors]:
    """People at the page; their browsers must not have complained of anything."""
    visitors = Visitors(browser, running.url, running.key)
    yield visitors
    assert visitors.complaints == []


async def say(page: Page, text: str) -> None:
    """Type a message and send it."""
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.keyboard.press("Enter")


async def picture(page: Page, name: str) -> None:
    """Keep a picture of what is seen, where LORELEI_SCREENSHOTS names a folder for them."""
    folder = os.environ.get("LORELEI_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")
