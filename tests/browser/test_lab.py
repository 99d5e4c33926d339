"""What somebody does who chooses a remedy: run it, reload in the middle, cancel, look again."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from dashboard.lab.strategies import STRATEGIES
from tests.browser.waiting import headed, until_idle, until_still


def choose(page: Page, websites: str) -> None:
    until_still(page)
    page.get_by_label("Visitors at once").fill("2")
    until_still(page)
    page.get_by_label("Websites", exact=True).fill(websites)
    until_still(page)
    page.get_by_role("button", name="Run", exact=True).click()


def test_a_run_survives_a_reload_and_is_cancelled_or_ends(page: Page, outside: list[str]) -> None:
    page.goto("/lab")
    # A run of another test may be shown.
    headed(page, "write strateg")
    choose(page, "100")
    page.wait_for_url("**run=*")
    headed(page, f"Write strategy 1 of {len(STRATEGIES)}")
    page.reload()
    headed(page, "Write strategy")
    until_idle(page)
    page.get_by_role("button", name="Cancel").click()
    headed(page, "The run was cancelled")
    cancelled = parse_qs(urlsplit(page.url).query)["run"]
    choose(page, "1")
    headed(page, "left no duplicates and no losses")
    assert parse_qs(urlsplit(page.url).query)["run"] != cancelled
    assert outside == []
