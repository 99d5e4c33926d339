"""A superadmin checks a claim and takes the report along, in a real browser."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import headed, until_still

REPORT = "as_of=2026-01-26T02:30&range=all+time"


def test_the_report_goes_along_and_a_claims_evidence_leads_on(
    page: Page, browser: Browser, tmp_path: Path, outside: list[str]
) -> None:
    page.goto(f"/?{REPORT}")
    headed(page, "No: at least 1 submission lost data")
    download_report(page, tmp_path / "report.html")
    opens_from_disk_without_a_network(browser, tmp_path / "report.html")
    expect(page.get_by_text("A validated constraint guarantees that").first).to_be_visible()
    until_still(page)
    page.get_by_text("Evidence", exact=True).nth(1).click()
    expect(page.get_by_text("The five newest").first).to_be_visible()
    # Each evidence has such a link; the report stays open beside what it leads to.
    with page.expect_popup() as opened:
        until_still(page)
        page.get_by_role("link", name="More on the Coverage page").filter(visible=True).click()
    opened.value.wait_for_url("**/coverage?**as_of=2026-01-26**")
    words = opened.value.get_by_text("Guaranteed by constraint:", exact=True)
    expect(words).to_be_visible()
    assert outside == []


def download_report(page: Page, file: Path) -> None:
    with page.expect_download() as download:
        until_still(page)
        page.get_by_role("button", name="Download HTML").click()
    assert download.value.suggested_filename == (
        "status-report-demo-all-time-as-of-2026-01-26-0230.html"
    )
    download.value.save_as(file)


def opens_from_disk_without_a_network(browser: Browser, file: Path) -> None:
    """Look at the report offline; on paper its evidence is unfolded."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url))
    opened.goto(file.as_uri())
    expect(opened.get_by_role("heading", level=1)).to_contain_text("No: at least 1 submission")
    expect(opened.get_by_role("img").first).to_be_visible()
    caption = opened.get_by_text("The five newest").first
    expect(caption).to_be_hidden()
    opened.emulate_media(media="print")
    expect(caption).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == [file.as_uri()]
    context.close()
