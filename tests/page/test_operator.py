"""The operator's page: its key, what it shows, the pause, cancelling, and that users are told."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from lorelei.inference.v1 import inference_pb2
from lorelei.types.v1 import types_pb2
from services.common.errors import FailedPrecondition
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.test_learn import learn_events, start
from tests.page.conftest import PHONE, Visitors, picture, say
from tests.page.lessons import training
from tests.page.test_access import violations
from tests.page.test_lessons import card_of, has_begun

DOG = "My dog is called Biscuit."


async def enter(page: Page, key: str) -> None:
    await page.get_by_label("Operator's key").fill(key)
    await page.get_by_role("button", name="Open").click()


async def opened(page: Page, running: Running) -> None:
    """Open the operator's page from wherever `page` is."""
    await page.evaluate("location.hash = '#/operator'")
    await enter(page, running.operator_key)
    await expect(page.get_by_role("region", name="Inference")).to_contain_text("ready")


async def confirm(page: Page, name: str) -> None:
    await page.get_by_role("dialog").get_by_role("button", name=name).click()


async def test_the_page_needs_the_operators_key_and_this_tab_alone_keeps_it(
    running: Running, visitors: Visitors
) -> None:
    async with visitors.visit("", known=False) as page:
        await page.goto(f"{visitors.url}/#/operator")
        await page.reload()
        await enter(page, running.key)
        await expect(page.get_by_role("alert")).to_have_text("This is not the operator's key.")
        await enter(page, running.operator_key)
        await expect(page.get_by_role("region", name="Inference")).to_contain_text("ready")
        await page.reload()
        await expect(page.get_by_role("region", name="Inference")).to_contain_text("ready")
        assert running.operator_key not in await page.evaluate("JSON.stringify(localStorage)")
        await page.get_by_role("button", name="Leave").click()
        await expect(page.get_by_label("Operator's key")).to_be_focused()
        await page.reload()
        await expect(page.get_by_label("Operator's key")).to_be_visible()


async def test_what_runs_and_what_failed_is_shown_and_looked_at_again(running: Running, visitors: Visitors) -> None:
    running.services.inference.resident.append(
        inference_pb2.ResidentAdapter(
            adapter=types_pb2.AdapterRef(tenant="default", user="rich", version="v-0123456789ab-00000000"),
            size_bytes=19_500_000,
        )
    )
    lesson = training(running, "scholar-seen", DOG)
    async with running.http() as http:
        refused = training(running, "refused-seen", DOG)
        refused.reasons = ("It did not hold.",)
        refused.may_end.set()
        await learn_events(http, await start(http, "refused-seen", DOG), "refused-seen")
        running.services.augmenter.error = FailedPrecondition(DOG, reason="NOTHING_TO_LEARN")
        await learn_events(http, await start(http, "unlucky-seen", DOG), "unlucky-seen")
        running.services.augmenter.error = None
        await start(http, "scholar-seen", DOG)
        await start(http, "scholar-seen", DOG)
    await has_begun(running, "scholar-seen")
    async with visitors.visit("boss") as page:
        await opened(page, running)
        await expect(page.get_by_role("region", name="Gateway")).to_contain_text("cores")
        await page.get_by_text("adapter is resident").click()
        await expect(page.get_by_role("region", name="Inference")).to_contain_text("default / rich")
        jobs = page.get_by_role("region", name="Jobs that run and wait")
        await expect(jobs).to_contain_text("training, 52 %")
        await expect(jobs).to_contain_text("waiting")
        failures = page.get_by_role("region", name="Jobs that failed")
        await expect(failures.get_by_role("row", name="default / unlucky-seen")).to_contain_text("Nothing to learn.")
        await expect(failures.get_by_role("row", name="default / refused-seen")).to_contain_text(
            "questions right 100 %"
        )
        await page.locator("summary", has_text="default · ").click()
        await expect(page.get_by_role("region", name="Users of default")).to_contain_text("scholar-seen")
        assert DOG not in await page.inner_text("main")
        await page.get_by_role("heading", level=1).scroll_into_view_if_needed()
        await picture(page, "operator")
        await page.get_by_role("heading", name="Jobs").evaluate("(heading) => heading.scrollIntoView()")
        await picture(page, "operator-jobs")
        lesson.may_end.set()
        await expect(page.get_by_text("Nobody is learning now.")).to_be_visible()
        await expect(page.get_by_role("region", name="Inference")).to_contain_text("default / rich")


async def test_learning_is_paused_and_its_users_are_told(running: Running, visitors: Visitors) -> None:
    training(running, "paused-user", DOG).may_end.set()
    async with visitors.visit("pauser") as boss, visitors.visit("paused-user") as page:
        await opened(boss, running)
        await boss.get_by_role("button", name="Pause learning").click()
        await confirm(boss, "Cancel")
        await expect(boss.get_by_role("main").get_by_text("Learning goes on.", exact=True)).to_be_visible()
        await boss.get_by_role("button", name="Pause learning").click()
        await confirm(boss, "Pause learning")
        await expect(boss.get_by_text("Learning is paused since")).to_be_visible()
        await expect(boss.get_by_role("status")).to_have_text("Learning is paused.")
        await say(page, f"[Learn] {DOG}")
        await expect(card_of(page).get_by_role("heading")).to_have_text("Waiting: the operator has paused learning")
        await expect(boss.get_by_role("region", name="Jobs that run and wait")).to_contain_text("paused-user")
        await boss.get_by_role("button", name="Go on with learning").click()
        await confirm(boss, "Go on")
        await expect(card_of(page).get_by_role("heading")).to_have_text("Learned")
        await expect(boss.get_by_role("main").get_by_text("Learning goes on.", exact=True)).to_be_visible()


async def test_a_job_is_cancelled_by_keyboard(running: Running, visitors: Visitors) -> None:
    training(running, "stuck", DOG)
    async with running.http() as http:
        job = await start(http, "stuck", DOG)
        await has_begun(running, "stuck")
        async with visitors.visit("canceller-boss") as page:
            await opened(page, running)
            control = page.get_by_role("button", name="Cancel the job of default / stuck")
            await control.focus()
            # The table is filled anew again and again; the focus stays.
            async with page.expect_response("**/v1/operator/overview"):
                pass
            await expect(control).to_be_focused()
            await page.keyboard.press("Enter")
            await page.get_by_role("dialog").get_by_role("button", name="Cancel the job").focus()
            await page.keyboard.press("Enter")
            async with asyncio.timeout(20):
                events = await learn_events(http, job, "stuck")
            await expect(control).to_have_count(0)
    assert events[-1]["state"] == "CANCELLED"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_on_it(running: Running, visitors: Visitors, scheme: Any) -> None:
    user = f"shown-{scheme}"
    lesson = training(running, user, DOG)
    async with running.http() as http:
        await start(http, user, DOG)
    await has_begun(running, user)
    async with visitors.visit("auditor", color_scheme=scheme, reduced_motion="reduce") as page:
        await page.evaluate("location.hash = '#/operator'")
        found = {"key": await violations(page)}
        await opened(page, running)
        await page.locator("summary", has_text="default · ").click()
        await expect(page.get_by_role("region", name="Users of default")).to_be_visible()
        found["all"] = await violations(page)
        await page.get_by_role("button", name="Pause learning").click()
        found["dialog"] = await violations(page)
    lesson.may_end.set()
    assert found == {state: [] for state in found}


async def test_it_fits_a_phone(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("walking-boss", viewport=PHONE, has_touch=True, is_mobile=True) as page:
        await opened(page, running)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await picture(page, "phone-operator")
