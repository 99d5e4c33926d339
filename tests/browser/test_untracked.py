"""A tracker that is off: the sandbox filled with such a month, then Status, Funnel and `check`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.settings import ROOT
from tests.browser.waiting import headed, tick, until_still


def dashboard(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command beside the app, as another process."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *arguments],
        cwd=ROOT,
        env={**os.environ, "DASHBOARD_DATA": str(home), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def sandbox_again(base_url: str, app_home: Path) -> Iterator[None]:
    """Make the sandbox a copy of the demo afterwards: other journeys go there."""
    yield
    assert dashboard(app_home, "reset").returncode == 0


# Filling the months before takes longer than all else. A page by itself: tests/submit/test_page.py.
@pytest.mark.soak
@pytest.mark.usefixtures("sandbox_again")
def test_a_month_without_tracking_is_seen_on_status_funnel_and_by_the_check(
    page: Page, outside: list[str], app_home: Path
) -> None:
    page.goto("/submit")
    headed(page, "Submit a website")
    until_still(page)
    page.get_by_text("Reset sandbox …").click()
    until_still(page)
    page.get_by_role("button", name="Fill a month without tracking").click()
    expect(page.get_by_text("tracking has been off since")).to_be_visible()
    until_still(page)
    page.get_by_label("Website", exact=True).fill("untracked.example")
    page.get_by_text("Simulation options").click()
    tick(page, "at once", "since ece936e, job form")
    page.get_by_role("button", name="Submit website").click()
    headed(page, "Not everything was saved: 1 of 8 writes")
    expect(page.get_by_text("It left 1 organization and nothing else.")).to_be_visible()
    expect(page.get_by_text("Dropped without an error: analysis_started")).to_be_visible()
    until_still(page)
    page.get_by_role("button", name="See the sandbox").click()
    headed(page, "0 of 9 steps recorded")
    expect(page.get_by_text("tracking off since")).to_be_visible()
    until_still(page)
    page.get_by_role("link", name="Status").click()
    headed(page, "0 of 9 steps recorded since")
    expect(page.get_by_role("radio", name="sandbox")).to_be_checked()
    title = page.get_by_role("heading", level=1).first
    expect(title).to_contain_text("leads analyzed")
    expect(title).to_contain_text("tracking is off")
    checked = dashboard(app_home, "check", "--source", "sandbox", "--max-silence", "6h")
    assert checked.returncode == 1
    assert checked.stdout.startswith("failed  silence of ")
    assert checked.stdout.count("tracking is off") == 1
    assert outside == []
