"""A product manager finds the drop, explains it and takes it along, in a real browser."""

import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.browser.waiting import headed, pick, until_still

AUTUMN = "from=2026-09-01&to=2026-10-14&range=custom+range"


def ready(page: Page) -> None:
    headed(page, "submissions")
    expect(page.get_by_text("consistency checks passed")).to_be_visible()


def test_the_drop_is_found_by_source_opened_and_followed_to_a_lead(page: Page) -> None:
    page.goto(f"/funnel?{AUTUMN}")
    ready(page)
    expect(page.get_by_text("Largest drop by number")).to_be_visible()
    pick(page, page.get_by_role("combobox", name="Breakdown"), "lead source")
    page.wait_for_url(lambda url: "by=lead+source" in url)
    expect(page.get_by_role("heading", name="By lead source")).to_be_visible()
    # The step at which the sources differ most is the planted drop.
    expect(page.get_by_text(re.compile("to “Content generated” within"))).to_be_visible()
    until_still(page)
    page.locator(".bars .point").nth(5).click(force=True)
    page.wait_for_url(lambda url: "step=Content+generated" in url)
    listed = page.get_by_text(re.compile(r"submissions? on “Content generated”: dropped off"))
    expect(listed).to_be_visible()
    words = listed.inner_text()
    numbers = re.findall(r"[\d,]+", words.replace("“Content generated”", ""))
    assert numbers[0] == numbers[-1].rstrip(",")


def test_a_shared_link_opens_the_list_and_a_row_its_timeline(page: Page) -> None:
    page.goto(f"/funnel?{AUTUMN}&step=previews_viewed&outcome=lost+events+(at+least)")
    ready(page)
    expect(page.get_by_text("on “Previews viewed”: lost events (at least)")).to_be_visible()
    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("canvas")).nth(2)
    until_still(page)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 52)
    page.wait_for_url(re.compile("/leads.*lead="))
    expect(page.get_by_text("In order of time, session ids side by side")).to_be_visible()
    until_still(page)
    page.get_by_role("button", name="Back to Funnel").click()
    expect(page.get_by_text("on “Previews viewed”: lost events (at least)")).to_be_visible()
    page.wait_for_url(
        lambda url: all(each in url for each in ("period=2026-09-01", "step=Previews+viewed"))
    )


def test_the_view_goes_along_and_its_steps_are_reached_with_the_keyboard_alone(
    page: Page, tmp_path: Path
) -> None:
    page.goto(f"/funnel?{AUTUMN}&by=status")
    ready(page)
    with page.expect_download() as download:
        until_still(page)
        page.get_by_role("button", name="Download the whole view").click()
    assert download.value.suggested_filename == "funnel-corrected-demo.xlsx"
    download.value.save_as(tmp_path / "view.xlsx")
    with ZipFile(tmp_path / "view.xlsx") as content:
        sheets = content.read("xl/workbook.xml").decode()
    for name in ("About", "Steps", "Corrections", "Breakdown", "Time to convert", "Trend by week"):
        assert f'name="{name}"' in sheets
    with page.expect_download() as download:
        until_still(page)
        page.get_by_role("button", name="Download CSV: Every step").click()
    assert download.value.suggested_filename.startswith("funnel-corrected-demo-")
    download.value.save_as(tmp_path / "steps.csv")
    lines = (tmp_path / "steps.csv").read_text().splitlines()
    assert lines[0].startswith("step,label,optional,first_at,recorded_later,count")
    assert lines[1].startswith("analysis_started,Analysis started,False,")
    until_still(page)
    step = page.get_by_role("combobox", name="Step", exact=True)
    step.focus()
    page.keyboard.type("project")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "step=Project+saved" in url)
    expect(page.get_by_text("on “Project saved”: dropped off")).to_be_visible()
