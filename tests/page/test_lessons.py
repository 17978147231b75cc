"""Teaching on the page: the course of a lesson, its end, and finding it again wherever one looks."""

import asyncio

from playwright.async_api import Locator, Page, expect

from tests.contract.gateway.conftest import Running
from tests.page.conftest import Visitors, picture, say
from tests.page.lessons import AFTER, BEFORE, QUESTION, built_from_a_document, training
from tests.page.test_knowledge import teach

DOG = "My dog is called Biscuit."


def card_of(page: Page) -> Locator:
    return page.get_by_role("article", name="Lorelei learns")


async def has_begun(running: Running, user: str) -> None:
    await asyncio.wait_for(running.services.trainer.has_begun(user).wait(), 20)


async def test_a_lesson_shows_its_stages_and_how_it_ended(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "teacher", DOG)
    async with visitors.visit("teacher") as page:
        await say(page, f"[Learn] {DOG}")
        card = card_of(page)
        await expect(card).to_contain_text("Understood as something you tell me.")
        await expect(card.get_by_role("listitem").filter(has_text="Training 2/4")).to_have_attribute(
            "aria-current", "step"
        )
        await expect(card.get_by_role("img", name="Loss 1.00 after step 2 of 4")).to_be_visible()
        await expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "52")
        await say(page, "How are you meanwhile?")
        await expect(page.get_by_role("article", name="Lorelei", exact=True)).to_contain_text("How are you meanwhile?")
        lesson.may_end.set()
        await expect(card.get_by_role("heading")).to_have_text("Learned")
        await expect(card).to_contain_text(DOG)
        for text in (QUESTION, BEFORE, AFTER, "83 %"):
            await expect(card).to_contain_text(text)
        await page.reload()
        await expect(card_of(page)).to_contain_text(AFTER)
    turns = await running.gateway.parts.conversations.turns(
        "default", "teacher", await only_conversation(running, "teacher")
    )
    assert turns[1].content == "Finished model updated! I already remember the information you provided."


async def only_conversation(running: Running, user: str) -> str:
    (entry,) = await running.gateway.parts.conversations.listed("default", user)
    return entry.id


async def test_a_reload_and_a_second_window_find_the_running_lesson(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "reloader", DOG)
    async with visitors.visit("reloader") as page:
        await say(page, f"[Learn] {DOG}")
        await has_begun(running, "reloader")
        await expect(card_of(page)).to_contain_text("Training 2/4")
        await page.reload()
        await expect(card_of(page)).to_contain_text("Training 2/4")
        second = await page.context.new_page()
        visitors.watch(second)
        await second.goto(page.url)
        await expect(card_of(second)).to_contain_text("Training 2/4")
        await second.get_by_role("link", name="Learning").click()
        await expect(second.get_by_role("region", name="Learning")).to_contain_text("Training 2/4")
        lesson.may_end.set()
        await expect(second.get_by_role("list").filter(has_text=DOG).first).to_be_visible()
        await expect(card_of(page).get_by_role("heading")).to_have_text("Learned")


async def test_a_lesson_can_be_cancelled(running: Running, visitors: Visitors) -> None:
    training(running, "canceller", DOG)
    async with visitors.visit("canceller") as page:
        await page.get_by_role("button", name="Learn", exact=True).click()
        await say(page, DOG)
        await has_begun(running, "canceller")
        await card_of(page).get_by_role("button", name="Cancel").click()
        await expect(card_of(page).get_by_role("heading")).to_have_text("Cancelled")
        await expect(card_of(page)).to_contain_text("Nothing was changed")


async def test_what_the_gate_refuses_says_why(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "refused", DOG)
    lesson.reasons = ("It did not hold.",)
    lesson.may_end.set()
    async with visitors.visit("refused") as page:
        await say(page, f"[Learn] {DOG}")
        await expect(card_of(page).get_by_role("heading")).to_have_text("Not learned")
        await expect(card_of(page)).to_contain_text("It did not hold.")


async def test_another_way_of_learning_can_be_chosen(running: Running, visitors: Visitors) -> None:
    lesson = training(running, "chooser", "Bridges.")
    async with visitors.visit("chooser") as page:
        await say(page, "[Learn] The Harlow bridge closed on 3 May 2025.")
        await has_begun(running, "chooser")
        await card_of(page).get_by_role("button", name="Not what you meant?").click()
        await page.get_by_role("radio", name="A web search").check()
        lesson.may_end.set()
        await page.get_by_role("button", name="Learn it so").click()
        await expect(card_of(page)).to_have_count(2)
        jobs = await running.gateway.parts.jobs.latest("default", "chooser", 0)
        assert [str(job.kind) for job in jobs] == ["web", "instruction"]


async def test_a_dropped_document_is_learned_with_its_pages(running: Running, visitors: Visitors) -> None:
    facts = ("The bridge closed on 3 May 2025.", "Its pylon is cracked.")
    training(running, "giver", "Report", facts).may_end.set()
    built_from_a_document(running, len(facts))
    async with visitors.visit("giver") as page:
        dropped = await page.evaluate_handle(
            "() => { const data = new DataTransfer(); data.items.add(new File(['The bridge closed.'], "
            "'<i>report</i>.txt', {type: 'text/plain'})); return data; }"
        )
        await page.dispatch_event(".conversation", "drop", {"dataTransfer": dropped})
        chip = page.get_by_role("list", name="To learn from").get_by_role("listitem")
        await expect(chip).to_contain_text("<i>report</i>.txt")
        await expect(page.get_by_role("button", name="Learn", exact=True)).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_role("button", name="Send")).to_be_enabled()
        await picture(page, "document")
        await page.get_by_role("button", name="Send").click()
        card = card_of(page)
        await expect(card.get_by_role("heading")).to_have_text("Learned")
        await expect(card.get_by_role("list", name="Sources")).to_contain_text("Report <b>2025</b>")
        await expect(card).to_contain_text("Its pylon is cracked. p. 2")
    running.services.augmenter.result = None


async def test_a_pasted_link_is_read(running: Running, visitors: Visitors) -> None:
    training(running, "paster", "A page").may_end.set()
    async with visitors.visit("paster") as page:
        await page.get_by_role("textbox", name="Message").focus()
        await page.evaluate("navigator.clipboard.writeText('https://example.com/bees')")
        await page.keyboard.press("Control+V")
        await expect(page.get_by_role("list", name="To learn from")).to_contain_text("https://example.com/bees")
        await page.get_by_role("button", name="Send").click()
        await expect(card_of(page)).to_be_visible()
    (job,) = await running.gateway.parts.jobs.latest("default", "paster", 0)
    assert (str(job.kind), job.urls) == ("document", ("https://example.com/bees",))


async def test_a_document_that_is_missing_is_asked_for(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("forgetful-giver") as page:
        await say(page, "[Learn] Read the attached report.")
        await expect(page.get_by_role("alert")).to_contain_text("Attach a file, or paste a link")


async def test_the_way_is_shown_while_one_writes_and_can_be_chosen(running: Running, visitors: Visitors) -> None:
    training(running, "planner", "The Rhine.").may_end.set()
    async with visitors.visit("planner") as page:
        way = page.get_by_role("combobox", name="Understood as")
        await page.get_by_role("textbox", name="Message").fill("[Learn] Search the web for news about the Rhine.")
        await expect(way.locator("option:checked")).to_have_text("A web search")
        await page.get_by_role("textbox", name="Message").fill(f"[Learn] {DOG}")
        await expect(way.locator("option:checked")).to_have_text("What you say")
        await way.select_option("A web search")
        await page.get_by_role("button", name="Send").click()
        await expect(card_of(page)).to_be_visible()
    (job,) = await running.gateway.parts.jobs.latest("default", "planner", 0)
    assert str(job.kind) == "web"


async def test_what_is_about_memory_is_answered_and_not_learned(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("asker") as page:
        await say(page, "[Learn] Forget everything that I taught you about my dog.")
        await expect(page.get_by_role("article", name="Lorelei", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await expect(card_of(page)).to_have_count(0)
    assert await running.gateway.parts.jobs.latest("default", "asker", 0) == []


async def test_what_a_chat_began_shows_its_card_again_after_a_reload(running: Running, visitors: Visitors) -> None:
    await teach(running, "chat-forgetter", DOG)
    async with visitors.visit("chat-forgetter") as page:
        answers = page.get_by_role("article", name="Lorelei", exact=True)
        await say(page, "[Learn] Forget what I taught you about my dog.")
        await expect(answers.last).to_contain_text(DOG)
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await say(page, "Yes")
        card = answers.last.get_by_role("region", name="Forgotten")
        await expect(card).to_be_visible()
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await page.reload()
        await expect(card).to_be_visible()
        await expect(answers.last).to_contain_text("I no longer know that lesson")
