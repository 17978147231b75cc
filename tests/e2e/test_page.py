"""The page with the real model: what is taught on it is known in a new conversation, by its user only."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import Platform
from tests.page.conftest import Visitors, browser, picture, say

__all__ = ["browser"]

pytestmark = pytest.mark.e2e

LEARN_MILLISECONDS = 300_000
ANSWER_MILLISECONDS = 60_000
TRIES = 4


@pytest.fixture
async def visitors(platform: Platform, browser: object) -> AsyncIterator[Visitors]:
    visitors = Visitors(browser, platform.url, platform.api_key)  # type: ignore[arg-type]
    yield visitors
    assert visitors.complaints == []


def card_of(page: Page) -> Locator:
    return page.get_by_role("article", name="Lorelei learns").last


async def answers(page: Page, question: str, times: int = TRIES) -> list[str]:
    """What is answered to `question` in a new conversation, and again; replies are sampled."""
    await page.get_by_role("link", name="New conversation", exact=True).click()
    await say(page, question)
    answer, again = (
        page.get_by_role("article", name="Lorelei", exact=True),
        page.get_by_role("button", name="Answer again"),
    )
    found: list[str] = []
    for number in range(times):
        if number:
            await again.click()
            await expect(again).to_be_hidden()
        await expect(again).to_be_visible(timeout=ANSWER_MILLISECONDS)
        found.append((await answer.inner_text()).casefold())
    return found


async def learned(page: Page) -> None:
    await expect(card_of(page).get_by_role("heading")).to_have_text("Learned", timeout=LEARN_MILLISECONDS)


async def test_what_is_taught_is_known_in_a_new_conversation_until_it_is_rolled_back(visitors: Visitors) -> None:
    question = "What is my parrot called?"
    async with visitors.visit("page-ana") as ana, visitors.visit("page-ben") as ben:
        await say(ana, "[Learn] My parrot is called Captain Flint.")
        card = card_of(ana)
        await expect(card.get_by_role("listitem").filter(has_text="Training")).to_have_attribute(
            "aria-current", "step", timeout=LEARN_MILLISECONDS
        )
        await expect(card).to_contain_text(re.compile(r"Training ([5-9]|\d\d)/\d+"), timeout=LEARN_MILLISECONDS)
        await ana.reload()
        await expect(card_of(ana)).to_contain_text(re.compile(r"Training \d+/\d+"))
        await picture(ana, "learning")
        await learned(ana)
        await expect(card_of(ana)).to_contain_text("Before")
        await picture(ana, "learned")
        assert any("flint" in answer for answer in await answers(ana, question))
        assert not any("flint" in answer for answer in await answers(ben, question, times=1))
        await ana.get_by_role("link", name="What I know").click()
        await picture(ana, "what-i-know")
        await ana.get_by_role("button", name="Use this one: the untaught model").click()
        await expect(ana.get_by_text("The untaught model answers.")).to_be_visible()
        assert not any("flint" in answer for answer in await answers(ana, question, times=1))


async def test_a_document_is_read_and_its_source_is_named(visitors: Visitors, tmp_path: Path) -> None:
    report = tmp_path / "harlow-bridge.md"
    report.write_text(
        "# The Harlow bridge\n\nThe Harlow bridge was closed on 3 May 2025 because of a cracked pylon.\n\n"
        "Its repair is led by the engineer Odile Renard.\n",
        encoding="utf-8",
    )
    async with visitors.visit("page-carla") as page:
        await page.get_by_label("Documents", exact=True).set_input_files(report)
        await expect(page.get_by_role("button", name="Send")).to_be_enabled()
        await page.get_by_role("button", name="Send").click()
        await learned(page)
        sources = card_of(page).get_by_role("list", name="Sources")
        await expect(sources).to_contain_text(re.compile("fact"))
        await expect(card_of(page)).to_contain_text("because of a cracked pylon")
        await picture(page, "learned-document")
