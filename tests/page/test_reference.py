"""The API's reference at /docs: nothing from elsewhere under the page's own strict policy, and calls can be tried."""

from playwright.async_api import expect

from tests.page.conftest import Visitors, picture


async def test_an_endpoint_is_read_and_tried_without_anything_from_elsewhere(visitors: Visitors) -> None:
    async with visitors.visit("reader") as page:
        await page.goto(f"{visitors.url}/docs")
        await expect(page.get_by_text("Start a lesson", exact=True)).to_be_visible()
        await picture(page, "reference")
        await page.get_by_role("button", name="Authorize", exact=True).first.click()
        await page.get_by_label("auth-bearer-value").fill(visitors.key)
        await page.get_by_role("button", name="Apply credentials").click()
        await page.get_by_role("button", name="Close", exact=True).click()
        endpoint = page.locator(".opblock", has_text="Who am I?")
        await endpoint.get_by_role("button").first.click()
        await endpoint.get_by_role("button", name="Try it out").click()
        await endpoint.get_by_role("button", name="Execute").click()
        await expect(endpoint.locator(".live-responses-table")).to_contain_text('"tenant": "default"')
