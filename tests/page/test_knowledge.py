"""The page "What I know": versions and lessons, and what people do with them."""

import asyncio
import zipfile

from playwright.async_api import Locator, Page, expect

from tests.contract.gateway.adapter_files import Adapter, put_adapter
from tests.contract.gateway.conftest import Running
from tests.page.conftest import Visitors, picture, say
from tests.page.lessons import AFTER, QUESTION, training

LESSONS = ("My dog is called Biscuit.", "The Marsh tower was built in 1887.", "Answer in short sentences.")


async def teach(running: Running, user: str, *statements: str) -> None:
    """Let the user learn `statements`, one after another."""
    async with running.http() as http:
        for statement in statements:
            lesson = training(running, user, statement)
            lesson.may_end.set()
            reply = await http.post("/v1/learn", json={"text": statement, "user": user})
            path = f"/v1/learn/{reply.raise_for_status().json()['id']}/events"
            async with asyncio.timeout(20), http.stream("GET", path, params={"user": user}) as events:
                async for _ in events.aiter_lines():
                    pass


def versions(page: Page) -> Locator:
    return page.get_by_role("region", name="Versions").locator("li.version")


async def test_lessons_and_versions_are_shown_with_what_they_are_made_of(running: Running, visitors: Visitors) -> None:
    await teach(running, "scholar", *LESSONS)
    async with visitors.visit("scholar") as page:
        await page.get_by_role("link", name="What I know").click()
        await expect(page.get_by_role("heading", level=1)).to_be_focused()
        await expect(page.locator(".lesson-item .statement")).to_have_text(list(reversed(LESSONS)))
        await expect(versions(page)).to_have_count(4)
        await expect(versions(page).first).to_contain_text("in force")
        await expect(versions(page).first).to_contain_text("0 % → 100 %")
        await expect(versions(page).first).to_contain_text("19.5 MB")
        await expect(page.get_by_role("img", name="S and retention by version")).to_be_visible()
        await page.get_by_text("Answers before and after").first.click()
        await expect(versions(page).first).to_contain_text(AFTER)
        await page.get_by_text("What it was made of").first.click()
        await expect(page.get_by_role("table")).to_contain_text(QUESTION)


async def test_rolling_back_and_forward_changes_who_answers(running: Running, visitors: Visitors) -> None:
    await teach(running, "roller", *LESSONS[:2])
    old, new = reversed(await running.registry.versions("default", "roller"))
    async with visitors.visit("roller") as page:
        await page.goto(f"{visitors.url}/#/know")
        await page.get_by_role("button", name=f"Use this one: {old.version}").click()
        await expect(versions(page).nth(1)).to_contain_text("in force")
        assert await running.registry.active("default", "roller") == old.version
        await page.get_by_role("button", name="Use this one: the untaught model").click()
        await expect(versions(page).last).to_contain_text("in force")
        assert await running.registry.active("default", "roller") is None
        await page.get_by_role("button", name=f"Use this one: {new.version}").click()
        await expect(versions(page).first).to_contain_text("in force")


async def test_a_lesson_is_forgotten(running: Running, visitors: Visitors) -> None:
    await teach(running, "forgetter", *LESSONS[:2])
    async with visitors.visit("forgetter") as page:
        await say(page, f"Do you know that {LESSONS[0]}")
        await page.get_by_role("link", name="What I know").click()
        await page.get_by_role("button", name=f"Forget: {LESSONS[0]}").click()
        await picture(page, "forgetting")
        await page.get_by_role("dialog").get_by_role("button", name="Forget").click()
        await expect(page.get_by_role("region", name="Forgotten")).to_be_visible()
        await expect(page.locator(".lesson-item .statement")).to_have_text([LESSONS[1]])


async def test_lessons_are_combined_into_a_named_version(running: Running, visitors: Visitors) -> None:
    await teach(running, "combiner", *LESSONS)
    async with visitors.visit("combiner") as page:
        await page.get_by_role("link", name="What I know").click()
        for statement in LESSONS[:2]:
            await page.get_by_role("checkbox", name=f"Choose: {statement}").check()
        await page.get_by_role("button", name="Combine 2 into a version").click()
        await page.get_by_role("textbox", name="Its name").fill("two of them")
        await page.get_by_role("button", name="Train it").click()
        await expect(versions(page).first.get_by_role("heading")).to_contain_text("two of them")
        await expect(page.get_by_role("region", name="Combined")).to_be_visible()
    active = await running.registry.active("default", "combiner")
    assert active is not None
    assert len((await running.registry.get("default", "combiner", active)).lessons) == 2


async def test_a_version_is_renamed_downloaded_and_deleted(running: Running, visitors: Visitors) -> None:
    await teach(running, "keeper", *LESSONS[:2])
    old = (await running.registry.versions("default", "keeper"))[1]
    put_adapter(running.objects, old, Adapter())
    async with visitors.visit("keeper") as page:
        await page.get_by_role("link", name="What I know").click()
        await page.get_by_role("button", name=f"Rename {old.version}").click()
        await page.get_by_role("textbox", name="Name").fill("<b>first</b>")
        await page.get_by_role("dialog").get_by_role("button", name="Rename").click()
        await expect(versions(page).nth(1).get_by_role("heading")).to_have_text("<b>first</b>")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Download <b>first</b>").click()
        packed = await (await download.value).path()
        assert any(name.endswith("adapter_model.safetensors") for name in zipfile.ZipFile(packed).namelist())
        await page.get_by_role("button", name="Delete <b>first</b>").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(versions(page)).to_have_count(2)


async def test_a_version_is_imported_from_its_file(running: Running, visitors: Visitors) -> None:
    async with visitors.visit("importer") as page:
        await page.goto(f"{visitors.url}/#/know")
        for content, confirm in ((b"hello", "no zip file"), (Adapter().zipped(), "")):
            async with page.expect_file_chooser() as chooser:
                await page.get_by_role("button", name="Import a version").click()
            await (await chooser.value).set_files({"name": "v.zip", "mimeType": "application/zip", "buffer": content})
            await page.get_by_role("textbox", name="Its name").fill("from elsewhere")
            await page.get_by_role("dialog").get_by_role("button", name="Import").click()
            if confirm:
                await expect(page.locator(".notice")).to_contain_text(confirm)
                await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await expect(versions(page).first.get_by_role("heading")).to_have_text("from elsewhere")
        await expect(versions(page).first).to_contain_text("imported")
        await expect(versions(page).last).to_contain_text("in force")
