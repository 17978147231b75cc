"""Talking on the page: streaming, Markdown, and saying things anew."""

import asyncio

from playwright.async_api import expect

from tests.contract.gateway.conftest import Running
from tests.contract.gateway.services import CONTEXT_WORDS
from tests.page.conftest import Visitors, picture, say

MARKDOWN = [
    "The *Lorelei* is a rock ",
    "on the **Rhine**.\n\n",
    "- 132 metres high\n- near Sankt Goarshausen\n\n```python\nheight = ",
    "132\nprint(height)\n```\n\n| bank | side |\n|---|---|\n| right | east |\n",
]
HOSTILE = (
    "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    "<a href=\"javascript:document.title='hacked'\">one</a> [two](javascript:alert(1)) "
    "![three](https://example.com/x.png) "
    '<form action="https://example.com"><input></form><p id="main" style="position:fixed">four</p> '
    "[five](https://example.com)"
)


# As on a busy machine: the page hears of its new address when the test says so.
LATE_ADDRESS = """window.addEventListener("hashchange", (event) => {
  if (event.isTrusted) event.stopImmediatePropagation();
})"""


async def test_who_leaves_as_the_answer_ends_is_not_called_back(running: Running, visitors: Visitors) -> None:
    inference = running.services.inference
    inference.replies["Are you there?"] = ["Yes, ", "I am."]
    go_on = inference.pauses["Yes,"] = asyncio.Event()
    async with visitors.visit("leaver") as page:
        await page.add_init_script(LATE_ADDRESS)
        await page.reload()
        await say(page, "Are you there?")
        await expect(page.get_by_role("article", name="Lorelei")).to_contain_text("Yes,")
        await page.get_by_role("link", name="What I know").click()
        go_on.set()
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await page.evaluate("window.dispatchEvent(new HashChangeEvent('hashchange'))")
        await expect(page.get_by_role("heading", level=1)).to_have_text("What I know")


async def test_an_answer_streams_in_and_its_markdown_is_shown(running: Running, visitors: Visitors) -> None:
    inference = running.services.inference
    inference.replies["What is the Lorelei?"] = MARKDOWN
    go_on = inference.pauses[MARKDOWN[0].strip()] = asyncio.Event()
    async with visitors.visit("reader") as page:
        await say(page, "What is the Lorelei?")
        answer = page.get_by_role("article", name="Lorelei")
        await expect(answer).to_contain_text("The Lorelei is a rock")
        await expect(page.get_by_role("button", name="Stop answering")).to_be_visible()
        go_on.set()
        await expect(answer.locator("li")).to_have_text(["132 metres high", "near Sankt Goarshausen"])
        await expect(answer.locator("strong")).to_have_text("Rhine")
        await expect(answer.locator("th")).to_have_text(["bank", "side"])
        await answer.get_by_role("button", name="Copy").first.click()
        await expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
        assert await page.evaluate("navigator.clipboard.readText()") == "height = 132\nprint(height)\n"
        await expect(page.get_by_role("navigation").get_by_role("link", name="What is the Lorelei?")).to_be_visible()
        await picture(page, "chat")


async def test_hostile_markdown_does_nothing(running: Running, visitors: Visitors) -> None:
    running.services.inference.replies["Be hostile"] = [HOSTILE]
    async with visitors.visit("target") as page:
        await say(page, "Be hostile")
        answer = page.get_by_role("article", name="Lorelei")
        await expect(answer).to_contain_text("five")
        await expect(answer).to_contain_text("<script>document.title='hacked'</script>")
        assert await page.title() == "Lorelei"
        assert await answer.locator("img, script, form, input, [style], [id], [onerror]").count() == 0
        links = await answer.locator("a").evaluate_all("links => links.map((link) => [link.href, link.rel])")
        assert all(rel == "noopener noreferrer nofollow" for _, rel in links)
        assert {address.partition(":")[0] for address, _ in links if address} == {"https"}


async def test_hostile_words_of_the_users_and_titles_stay_words(running: Running, visitors: Visitors) -> None:
    said = "<img src=x onerror=\"document.title='hacked'\">"
    async with visitors.visit("joker") as page:
        await say(page, said)
        await expect(page.get_by_role("article", name="You")).to_have_text(said)
        await expect(page.get_by_role("navigation").get_by_role("link", name=said)).to_be_visible()
        assert await page.title() == "Lorelei"
        assert await page.locator("main img, nav img").count() == 0


async def test_a_stopped_answer_is_kept_as_far_as_it_came(running: Running, visitors: Visitors) -> None:
    inference = running.services.inference
    inference.pauses["upon"] = asyncio.Event()
    async with visitors.visit("stopper") as page:
        await say(page, "Once upon a time")
        await expect(page.get_by_role("article", name="Lorelei")).to_contain_text("Once upon")
        await page.get_by_role("button", name="Stop answering").click()
        await expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
        await expect(page.get_by_role("navigation").get_by_role("link", name="Once upon a time")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("article", name="Lorelei")).to_have_text("Once upon")
    inference.pauses["upon"].set()


async def test_what_was_said_can_be_said_anew_and_answered_again(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("editor") as page:
        for text in ("one", "two", "three"):
            await say(page, text)
            await expect(page.get_by_role("article", name="Lorelei").last).to_have_text(text)
        await page.get_by_role("button", name="Answer again").click()
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await page.get_by_role("article", name="You").nth(1).hover()
        await page.get_by_role("button", name="Edit and send again").nth(1).click()
        await page.get_by_role("textbox", name="Your words").fill("changed")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article", name="Lorelei")).to_have_text(["one", "changed"])
        await page.reload()
        await expect(page.get_by_role("article")).to_have_text(["one", "one", "changed", "changed"])


async def test_what_the_server_refuses_can_be_tried_again(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("unlucky") as page:
        running.services.inference.breaks_after = 1
        await say(page, "hello again")
        await expect(page.get_by_role("alert")).to_contain_text("Internal error.")
        running.services.inference.breaks_after = None
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("article", name="Lorelei")).to_have_text("hello again")
        await expect(page.get_by_role("article", name="You")).to_have_count(1)


async def test_a_conversation_that_grew_too_long_leads_to_a_new_one(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("talker") as page:
        await say(page, "short")
        await expect(page.get_by_role("button", name="Answer again")).to_be_visible()
        await say(page, "word " * (CONTEXT_WORDS + 1))
        await expect(page.get_by_role("alert")).to_contain_text("too long for the model")
        await page.get_by_role("alert").get_by_role("button", name="New conversation").click()
        await expect(page.get_by_role("heading", name="What shall I know?")).to_be_visible()
