"""What a person does with Status and Funnel, in a real browser."""

from typing import Literal
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import fits_a_phone, headed, until_still

REPORT = "as_of=2026-01-26T02:30"


def heading(page: Page, words: str) -> None:
    headed(page, words)


def test_a_superadmin_reads_the_verdict_and_walks_to_the_funnel_by_keyboard(
    page: Page, outside: list[str]
) -> None:
    page.goto(f"/?{REPORT}")
    heading(page, "No: at least 1 submission lost data")
    expect(page.get_by_text("a step that a later one or a lead proves").first).to_be_visible()
    until_still(page)
    fits_a_phone(page)
    page.get_by_role("link", name="Status").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Funnel", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    heading(page, "2 of 2 submissions reached “Analysis completed” so far")
    # The browser writes the link's parameters after it has drawn the page.
    page.wait_for_url(lambda url: "/funnel?" in url and REPORT in unquote(url))
    assert outside == []


def test_the_start_of_recording_and_the_source_are_in_a_link_that_opens_the_same(
    page: Page,
) -> None:
    page.goto(f"/funnel?{REPORT}&range=all+time")
    until_still(page)
    page.get_by_role("button", name="Start on 2026-01-26").click()
    page.wait_for_url("**period=2026-01-26..2026-01-26**")
    until_still(page)
    page.get_by_role("radio", name="sandbox").click()
    page.wait_for_url("**source=sandbox**")
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    heading(page, "2 of 2 submissions")
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()
    expect(page.get_by_text("sandbox ·")).to_be_visible()
    expect(page.get_by_text("2026-01-26, as of 2026-01-26 02:30").first).to_be_visible()


def test_a_preset_makes_a_link_that_keeps_its_days_unless_it_is_rolling(page: Page) -> None:
    page.goto(f"/leads?{REPORT}")
    headed(page, "leads")
    until_still(page)
    page.get_by_role("button", name="Period: Last 30 days").click()
    page.get_by_role("button", name="Last week", exact=True).click()
    page.wait_for_url("**period=2026-01-19..2026-01-25**")
    page.reload()
    expect(page.get_by_text("2026-01-19 to 2026-01-25, as of").first).to_be_visible()
    until_still(page)
    page.get_by_role("button", name="Period: Last week").click()
    page.get_by_text("Keep rolling", exact=True).click()
    page.wait_for_url("**period=last+week**")
    until_still(page)
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_url("**period=2026-01-19..2026-01-25**")
    expect(page.get_by_role("button", name="Period: Last week", exact=True)).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("button", name="Period: Last week, rolling")).to_be_visible()
    page.get_by_role("link", name="Funnel", exact=True).click()
    page.wait_for_url(lambda url: "/funnel?" in url and "period=last+week" in url)
    page.reload()
    expect(page.get_by_role("button", name="Period: Last week, rolling")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/funnel", "dark"),
        pytest.param("/", "light", marks=pytest.mark.soak),
        pytest.param("/", "dark", marks=pytest.mark.soak),
        pytest.param("/funnel", "light", marks=pytest.mark.soak),
    ],
)
def test_it_fits_a_phone_in_light_and_dark(
    browser: Browser, base_url: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        base_url=base_url, viewport={"width": 390, "height": 844}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{path}?{REPORT}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(16, 26, 34)")
    context.close()
