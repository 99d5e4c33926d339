"""A superadmin sees what lacks a session id, opens a cell and follows a lead, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.demo.report_picture import report_picture
from tests.browser.waiting import fits_a_phone, headed, until_still

REPORT = "as_of=2026-01-26T02:30&range=all+time"
SNAP = report_picture().planted.snap_lead


def click_a_cell_of_the_matrix(page: Page) -> None:
    matrix = page.get_by_test_id("stDataFrame").filter(
        has=page.get_by_label("Submissions by what their")
    )
    expect(matrix).to_be_visible()
    until_still(page)
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    assert box
    # The third row is the organizations', the first column of numbers the visitor's own id.
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 35 * 3.5)
    page.wait_for_url(re.compile("cell=Organization"))
    expect(page.get_by_text("Choose a row to open its activity timeline")).to_be_visible()


def test_from_the_verdict_to_the_lead_that_lost_its_session(page: Page, outside: list[str]) -> None:
    page.goto(f"/coverage?{REPORT}")
    headed(page, "lack")
    expect(page.get_by_text("Guaranteed by constraint:", exact=True)).to_be_visible()
    until_still(page)
    click_a_cell_of_the_matrix(page)
    fits_a_phone(page)
    page.get_by_role("radio", name="month").click()
    page.wait_for_url(re.compile("grain=month"))
    # For a moment the old chart is there as well.
    expect(page.locator(".gtitle", has_text="per month").first).to_be_visible()
    # Without a mouse: the list opens, is searched and chosen from by keyboard.
    until_still(page)
    chooser = page.get_by_role("combobox", name="Show the submissions of")
    chooser.focus()
    page.keyboard.type("Organization: second")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("cell=Organization.*second"))
    table = page.get_by_test_id("stDataFrame").filter(has=page.get_by_label("Submissions, "))
    expect(page.get_by_text("Choose a row to open its activity timeline")).to_be_visible()
    until_still(page)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 48)
    page.wait_for_url(re.compile(f"/leads.*lead={SNAP}"))
    page.wait_for_url(re.compile("as_of=2026-01-26T02"))
    expect(page.get_by_text("Only the placeholder")).to_be_visible()
    assert outside == []


@pytest.mark.soak
@pytest.mark.parametrize(
    "path",
    [
        "/coverage",
        f"/coverage?{REPORT}&cell=Leads:+none",
    ],
)
def test_it_fits_a_phone(browser: Browser, base_url: str, path: str) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": 390, "height": 844})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
