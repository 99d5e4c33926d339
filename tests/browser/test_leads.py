"""A product manager explores leads and follows one, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.demo.report_picture import report_picture
from tests.browser.waiting import fits_a_phone, headed, until_still

REPORT = "as_of=2026-01-26T02:30"
SNAP = report_picture().planted.snap_lead


def test_searching_choosing_and_sharing_a_lead(page: Page) -> None:
    page.goto(f"/leads?{REPORT}&range=all+time&page=40")
    expect(page.get_by_text("Rows 1,951 to 2,000 of")).to_be_visible()
    until_still(page)
    page.get_by_label("Search website or business").fill("gloop.com")
    page.keyboard.press("Enter")
    # Another search begins with its first page.
    headed(page, "2 of")
    page.wait_for_url(lambda url: "q=gloop.com" in url and "page=" not in url)
    expect(page.get_by_text("There is no page")).not_to_be_visible()
    until_still(page)
    page.get_by_label("Search website or business").fill("snap.com")
    page.keyboard.press("Enter")
    headed(page, "1 of")
    until_still(page)
    page.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 48)
    page.wait_for_url(re.compile(f"lead={SNAP}"))
    expect(page.get_by_text("Only the placeholder")).to_be_visible()
    fits_a_phone(page)
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    expect(page.get_by_text("Only the placeholder")).to_be_visible()
    until_still(page)
    page.get_by_role("button", name="All leads").click()
    expect(page.get_by_text("Only the placeholder")).to_be_hidden()
    until_still(page)
    page.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 48)
    expect(page.get_by_text("Only the placeholder")).to_be_visible()
    until_still(page)
    page.get_by_role("button", name="All leads").click()
    expect(page.get_by_text("Only the placeholder")).to_be_hidden()
    headed(page, "1 of")
    expect(page.get_by_label("Search website or business")).to_have_value("snap.com")


def test_clicking_a_day_looks_at_that_day_alone(page: Page) -> None:
    page.goto(f"/leads?{REPORT}&range=7+days")
    headed(page, "leads")
    until_still(page)
    fits_a_phone(page)
    page.locator(".bars .point").first.click(force=True)
    page.wait_for_url("**period=2026-01-20..2026-01-20**")


@pytest.mark.soak
@pytest.mark.parametrize("path", ["/leads", f"/leads?lead={SNAP}"])
def test_it_fits_a_phone(browser: Browser, base_url: str, path: str) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": 390, "height": 844})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
