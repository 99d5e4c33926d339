"""A superadmin looks for what races left and opens an example, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.demo.report_picture import report_picture
from tests.browser.waiting import fits_a_phone, headed, pick, until_still

REPORT = "as_of=2026-01-26T02:30&range=all+time"
SNAP = report_picture().planted.snap_lead


def test_choosing_a_kind_and_opening_its_example(page: Page) -> None:
    page.goto(f"/races?{REPORT}")
    headed(page, "written twice")
    # The funnel's table comes last.
    expect(page.get_by_test_id("stDataFrame")).to_have_count(3)
    expect(page.get_by_test_id("stDataFrame").nth(2)).to_be_visible()
    expect(page.get_by_text("The counters are of the whole database")).to_be_visible()
    fits_a_phone(page)
    pick(page, page.get_by_label("Kind of failure"), "Only placeholder leads are there")
    page.wait_for_url(re.compile("kind=unanalyzed_leads"))
    expect(page.get_by_role("heading", name="Only placeholder leads are there")).to_be_visible()
    examples = page.get_by_test_id("stDataFrame").nth(1)
    until_still(page)
    examples.scroll_into_view_if_needed()
    box = examples.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 48)
    page.wait_for_url(re.compile(f"/leads.*lead={SNAP}"))
    expect(page.get_by_text("is there: no lead with the analyzed")).to_be_visible()
    assert "as_of=2026-01-26T02" in page.url


@pytest.mark.soak
def test_it_fits_a_phone(browser: Browser, base_url: str) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": 390, "height": 844})
    page.goto(f"/races?{REPORT}")
    expect(page.get_by_text("The counters are of the whole database")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
