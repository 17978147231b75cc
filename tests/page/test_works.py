"""The page "Long texts": asking for one, watching it grow, reading, cancelling and deleting it."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.contract.gateway.conftest import Running
from tests.page.conftest import PHONE, Visitors, picture
from tests.page.lessons import training
from tests.page.test_access import violations
from tests.page.test_lessons import has_begun

OUTLINE = "Maren keeps the light.\n\n  Tobias loses his ship.\n"


async def ask_for(page: Page, title: str) -> None:
    await page.get_by_role("link", name="Long texts").click()
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("What shall I write?").fill("Write a story of the sea.")
    await page.get_by_role("textbox", name="Outline").fill(OUTLINE)
    await page.get_by_role("button", name="Write it").click()


async def test_a_text_grows_is_read_and_deleted(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "novelist", "Skerrow, 1")
    async with visitors.visit("novelist") as page:
        await ask_for(page, "<i>Skerrow</i>")
        work = page.get_by_role("article", name="<i>Skerrow</i>")
        await expect(work).to_contain_text("Learning what was written")
        await expect(work.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "1")
        await has_begun(running, "novelist")
        await page.reload()
        await expect(work).to_contain_text("1 of 2 sections")
        await work.get_by_text("Read it").click()
        await expect(work.get_by_role("region", name="Section 1")).to_contain_text("Write a story of the sea.")
        await picture(page, "long-text")
        lesson.may_end.set()
        await expect(work).to_contain_text("Written · 2 of 2 sections")
        await expect(work.get_by_role("region", name="Section 2")).to_contain_text("Section 2 · learned")
        await work.get_by_role("button", name="Copy").click()
        await expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
        assert "Write a story" in await page.evaluate("navigator.clipboard.readText()")
        await work.get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("None yet.")).to_be_visible()


async def test_a_text_is_cancelled_and_a_second_one_is_refused_meanwhile(running: Running, visitors: Visitors) -> None:
    training(running, "undecided", "Skerrow, 1")
    async with visitors.visit("undecided", viewport=PHONE, has_touch=True, is_mobile=True) as page:
        await page.goto(f"{visitors.url}/#/works")
        await page.get_by_label("Title").fill("First")
        await page.get_by_label("What shall I write?").fill("Write a story.")
        await page.get_by_role("button", name="Write it").click()
        work = page.get_by_role("article", name="First")
        await expect(work).to_contain_text("of 4 sections")
        await page.get_by_label("Title").fill("Second")
        await page.get_by_label("What shall I write?").fill("Write a story.")
        await page.get_by_role("button", name="Write it").click()
        await expect(page.locator(".notice")).to_contain_text("Another work of yours is being written")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await page.get_by_role("button", name="Dismiss").click()
        await work.get_by_role("button", name="Cancel").click()
        await expect(work).to_contain_text("Cancelled")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_on_it(running: Running, visitors: Visitors, scheme: Any) -> None:
    lesson = training(running, f"reader-{scheme}", "Skerrow, 1")
    async with visitors.visit(f"reader-{scheme}", color_scheme=scheme, reduced_motion="reduce") as page:
        await ask_for(page, "Skerrow")
        await page.get_by_text("Read it").click()
        await expect(page.get_by_role("region", name="Section 1")).to_be_visible()
        found = await violations(page)
    lesson.may_end.set()
    assert found == []
