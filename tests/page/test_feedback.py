"""Judging answers on the page."""

from playwright.async_api import Page, expect

from tests.contract.gateway.conftest import Running
from tests.page.conftest import Visitors, picture, say
from tests.page.lessons import training


async def kept(running: Running, user: str) -> list[dict[str, object]]:
    async with running.http() as http:
        found: list[dict[str, object]] = (await http.get("/v1/feedback", params={"user": user})).json()["data"]
    return found


async def answered(page: Page, text: str) -> None:
    await say(page, text)
    await expect(page.get_by_role("button", name="Answer again")).to_be_visible()


async def test_a_good_answer_is_said_to_be_one(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("happy") as page:
        await answered(page, "well said")
        up = page.get_by_role("button", name="Good answer")
        await up.click()
        await expect(up).to_have_attribute("aria-pressed", "true")
    assert [(one["rating"], one["answer"]) for one in await kept(running, "happy")] == [("up", "well said ")]


async def test_a_correction_is_learned_at_once(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "critic", "Bonn was the capital.")
    async with visitors.visit("critic") as page:
        await answered(page, "Which city was the capital?")
        down = page.get_by_role("button", name="Bad answer")
        await down.click()
        form = page.get_by_role("form", name="What was wrong with this answer?")
        await expect(form.get_by_role("checkbox", name="Learn the correction now")).to_be_disabled()
        await form.get_by_role("textbox", name="What should it have said?").fill("Bonn was the capital.")
        await form.get_by_role("textbox", name="What was wrong?").fill("It only repeats me.")
        await picture(page, "feedback")
        await form.get_by_role("button", name="Send").click()
        card = page.get_by_role("region", name="Learning")
        await expect(card).to_contain_text("Learning from your correction.")
        lesson.may_end.set()
        await expect(page.get_by_role("region", name="Learned")).to_be_visible()
        await expect(down).to_have_attribute("aria-pressed", "true")
    (one,) = await kept(running, "critic")
    assert (one["rating"], one["correction"], one["reason"]) == ("down", "Bonn was the capital.", "It only repeats me.")


async def test_the_form_is_left_by_escape(visitors: Visitors) -> None:
    async with visitors.visit("hesitant") as page:
        await answered(page, "fine")
        await page.get_by_role("button", name="Bad answer").click()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("form", name="What was wrong with this answer?")).to_be_hidden()
        await expect(page.get_by_role("button", name="Bad answer")).to_be_focused()


async def test_answers_can_be_judged_after_a_reload(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("returner") as page:
        await answered(page, "judge me later")
        await page.reload()
        await page.get_by_role("button", name="Good answer").click()
        await expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
        await page.reload()
        await expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    assert [one["answer"] for one in await kept(running, "returner")] == ["judge me later "]
