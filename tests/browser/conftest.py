"""A real Chromium over the app as `make run` serves it."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from tests.conftest import data_home
from tests.serving import Run
from tests.test_serve import free_port

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and skip it in one visible line where there is none."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium: journeys were not tried"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch the machine's own Chromium."""
    return {"executable_path": CHROMIUM, "args": [*QUIET]}


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The app with its own embedded server."""
    port = free_port()
    with data_home() as home:
        run = Run(home, port)
        run.read_until(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        run.stop()


@pytest.fixture
def outside(page: Page, base_url: str) -> list[str]:
    """Every address outside the app that the page asked for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((base_url, "data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    return asked
