"""A real Chromium over the app as `make run` serves it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.waiting import PATIENCE_MS
from tests.serving import Run
from tests.test_serve import free_port

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
BELOW_USUAL = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and let it have a second and a third try.

    On a machine that tests everything else at the same time, a page may be laid out anew between
    a click's press and its release. What was tried again stands in the summary.
    """
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """The machine's own Chromium; without one all journeys are skipped, in one visible line."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: the journeys in a browser were not tried")
    return CHROMIUM


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """Launch that one, not a browser of Playwright's own."""
    return {"executable_path": chromium, "args": [*BELOW_USUAL]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Ask for no animations: a processor that draws them is a quarter slower."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def base_url(chromium: str, app_home: Path) -> Iterator[str]:
    """The app with its own embedded server."""
    port = free_port()
    run = Run(app_home, port)
    run.read_until(f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{port}"
    run.stop()


@pytest.fixture(autouse=True)
def patience(context: BrowserContext) -> None:
    """Wait long enough for a machine on which everything else is tested at the same time."""
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def outside(page: Page, base_url: str) -> list[str]:
    """Every address outside the app that the page asked for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((base_url, "data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    return asked
