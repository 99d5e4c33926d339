"""What a test waits for before it goes on, as a person would."""

from playwright.sync_api import Page


def until_idle(page: Page) -> None:
    """Wait until the page's script has run to its end: a click in the middle may meet what goes."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
