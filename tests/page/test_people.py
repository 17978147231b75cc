"""Who is at the page: keys, names, conversations of one's own, and nobody else's."""

from playwright.async_api import expect

from tests.contract.gateway.conftest import Running
from tests.page.conftest import Visitors, picture, say


async def test_a_first_visit_asks_for_the_key_until_it_is_right(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("", known=False) as page:
        dialog = page.get_by_role("dialog", name="Welcome to Lorelei")
        await expect(dialog).to_be_visible()
        await page.get_by_label("API key").fill("wrong")
        await page.get_by_role("button", name="Begin").click()
        await expect(dialog).to_contain_text("This key is not known here.")
        await page.get_by_label("API key").fill(running.key)
        await page.get_by_label("Your name").fill("newcomer")
        await picture(page, "first-visit")
        await page.get_by_role("button", name="Begin").click()
        await expect(page.get_by_role("heading", name="What shall I know?")).to_be_visible()
        await expect(page.get_by_role("navigation")).to_contain_text("newcomer")


async def test_a_key_in_the_address_is_kept_and_taken_out_of_it(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("linked") as page:
        await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        assert page.url == f"{running.url}/"
        await page.reload()
        await expect(page.get_by_role("textbox", name="Message")).to_be_visible()


async def test_the_message_field_shows_what_is_written(visitors: Visitors) -> None:
    async with visitors.visit("writer") as page:
        field = page.get_by_role("textbox", name="Message")
        heights = [await field.evaluate("(field) => field.clientHeight")]
        await field.fill("one\ntwo\nthree")
        heights.append(await field.evaluate("(field) => field.clientHeight"))
        assert await field.evaluate("(field) => field.scrollHeight <= field.clientHeight")
        await page.reload()
        heights.append(await field.evaluate("(field) => field.clientHeight"))
    assert heights[0] == heights[2] >= 24
    assert heights[1] >= heights[0] + 48


async def test_two_users_never_see_each_others_things(visitors: Visitors) -> None:
    async with visitors.visit("ana") as ana, visitors.visit("ben") as ben:
        await say(ana, "A secret of Ana's")
        await expect(ana.get_by_role("navigation").get_by_role("link", name="A secret")).to_be_visible()
        await ben.goto(ana.url)
        await ben.reload()
        await expect(ben.get_by_role("log")).to_have_text("This conversation is not there any more.")
        await expect(ben.get_by_role("navigation")).not_to_contain_text("secret")
        await ben.get_by_role("searchbox").fill("secret")
        await expect(ben.get_by_role("navigation")).to_contain_text("Nothing found.")


async def test_settings_change_the_user_and_the_look(visitors: Visitors) -> None:
    async with visitors.visit("before") as page:
        await say(page, "hello")
        await expect(page.get_by_role("navigation").get_by_role("link", name="hello")).to_be_visible()
        # The next page that loads must not set the user back.
        second = await page.context.new_page()
        visitors.watch(second)
        await second.goto(visitors.url)
        await second.get_by_role("button", name="Settings").click()
        await second.get_by_label("Your name").fill("after")
        await second.get_by_label("Look").select_option("Dark")
        await second.get_by_role("button", name="Save").click()
        await expect(second.get_by_role("navigation")).to_contain_text("after")
        await expect(second.get_by_role("navigation")).not_to_contain_text("hello")
        assert await second.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 25, 28)"


async def test_conversations_are_found_renamed_and_deleted(visitors: Visitors) -> None:
    async with visitors.visit("collector") as page:
        links = page.get_by_role("navigation").get_by_role("listitem").get_by_role("link")
        for text in ("Rivers of Europe", "Bread and butter"):
            await page.get_by_role("link", name="New conversation", exact=True).click()
            await say(page, text)
            await expect(links.first).to_have_text(text)
        await page.get_by_role("searchbox").fill("EUROPE")
        await expect(links).to_have_text(["Rivers of Europe"])
        await links.first.hover()
        await page.get_by_role("button", name="Rename Rivers of Europe").click()
        await page.get_by_role("textbox", name="Title").fill("Rivers")
        await page.get_by_role("dialog").get_by_role("button", name="Rename").click()
        await expect(links).to_have_text(["Rivers"])
        await page.get_by_role("searchbox").fill("")
        await links.filter(has_text="Bread").hover()
        await page.get_by_role("button", name="Delete Bread and butter").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(links).to_have_text(["Rivers"])
        await expect(page.get_by_role("heading", name="What shall I know?")).to_be_visible()
        await links.first.click()
        await expect(page.get_by_role("article", name="You")).to_have_text("Rivers of Europe")
