"""The page for everybody: by keyboard alone, read out, on a phone, in the dark, and at once."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.contract.gateway.conftest import Running
from tests.page.conftest import PHONE, Visitors, picture, say
from tests.page.lessons import training
from tests.page.test_knowledge import LESSONS, teach

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
DOG = "My dog is called Biscuit."
SERIOUS = ("serious", "critical")


async def violations(page: Page) -> list[tuple[Any, ...]]:
    """What axe finds serious: the rule, and where."""
    # Evaluated, not added as a script: the page's policy allows no script of ours.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_in_the_main_states(running: Running, visitors: Visitors, scheme: Any) -> None:
    user = f"tester-{scheme}"
    await teach(running, user, *LESSONS[:2])
    lesson = training(running, user, DOG)
    async with visitors.visit(user, color_scheme=scheme, reduced_motion="reduce") as page:
        found = {"new": await violations(page)}
        await say(page, "# Words\n\n`code` and **more**")
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await page.get_by_role("button", name="Bad answer").click()
        found["feedback"] = await violations(page)
        await page.keyboard.press("Escape")
        await say(page, f"[Learn] {DOG}")
        card = page.get_by_role("article", name="Lorelei learns")
        await expect(card).to_contain_text("Training 2/4")
        await page.get_by_role("button", name="Learn", exact=True).click()
        found["learning"] = await violations(page)
        if scheme == "dark":
            await picture(page, "learning-dark")
        lesson.may_end.set()
        await expect(card.get_by_role("heading")).to_have_text("Learned")
        found["learned"] = await violations(page)
        await page.get_by_role("link", name="What I know").click()
        await page.get_by_text("What it was made of").first.click()
        await expect(page.get_by_role("table")).to_be_visible()
        found["knowledge"] = await violations(page)
        await page.get_by_role("button", name="Settings").click()
        found["settings"] = await violations(page)
    assert found == {state: [] for state in found}


async def test_everything_is_reached_and_done_by_keyboard(running: Running, visitors: Visitors) -> None:
    training(running, "typist", DOG).may_end.set()
    async with visitors.visit("typist") as page:
        await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
        await page.keyboard.type("first line")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("second")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article", name="You")).to_have_text("first line\nsecond", use_inner_text=True)
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Learn", exact=True)).to_be_focused()
        await page.keyboard.press("Space")
        await page.keyboard.type(DOG)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article", name="Lorelei learns").get_by_role("heading")).to_have_text("Learned")
        seen = await tab_stops(page)
    assert {"Skip to the message field", "New conversation", "What I know", "Search conversations", "Settings"} <= seen
    assert {"Copy", "Good answer", "Edit and send again", "Message", "Attach documents to learn from"} <= seen


async def tab_stops(page: Page) -> set[str]:
    """The names of everything that Tab reaches; each shows where the focus is."""
    await page.evaluate("document.activeElement.blur()")
    name = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    seen: list[str] = []
    for _ in range(60):
        await page.keyboard.press("Tab")
        seen.append(await page.evaluate(f"document.activeElement === document.body ? '' : ({name})"))
    return {name.strip() for name in seen}


async def test_what_happens_is_said_to_people_who_do_not_see_it(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "listener", DOG)
    async with visitors.visit("listener") as page:
        said = page.get_by_role("status")
        await say(page, "hello there")
        await expect(said).to_have_text("hello there")
        await say(page, f"[Learn] {DOG}")
        await expect(said).to_have_text("Training.")
        lesson.may_end.set()
        await expect(said).to_contain_text("Learned.")


async def test_on_a_phone_nothing_is_cut_off_and_the_side_bar_is_a_drawer(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "walker", DOG)
    async with visitors.visit("walker", viewport=PHONE, has_touch=True, is_mobile=True) as page:
        await say(page, f"[Learn] {DOG}")
        await expect(page.get_by_role("article", name="Lorelei learns")).to_contain_text("Training 2/4")
        await picture(page, "phone")
        lesson.may_end.set()
        await expect(page.get_by_role("article", name="Lorelei learns").get_by_role("heading")).to_have_text("Learned")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        menu = page.get_by_role("button", name="Conversations", exact=True)
        await expect(page.get_by_role("link", name="What I know")).to_be_hidden()
        await menu.click()
        await expect(menu).to_have_attribute("aria-expanded", "true")
        await picture(page, "phone-drawer")
        await page.get_by_role("link", name="What I know").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("link", name="What I know")).to_be_hidden()
        await expect(page.locator(".lesson-item")).to_have_count(1)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await picture(page, "phone-what-i-know")


async def test_it_is_painted_within_a_second(visitors: Visitors) -> None:
    painted = []
    # The best of some, because other work may slow this machine down.
    for number in range(3):
        async with visitors.visit(f"hurried-{number}") as page:
            await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
            painted.append(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert min(painted) < 1000
