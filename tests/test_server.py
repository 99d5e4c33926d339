"""The application around the pages: paths that moved, services, and the last boundary."""

import asyncio
import logging
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from streamlit.testing.v1 import AppTest

from dashboard.server import MovedPaths
from dashboard.services import NotServedError, Services, current_services, serving
from dashboard.settings import ROOT, Settings, load_settings
from dashboard.sources import Sources


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/Funnel", "/funnel"),
        ("/status?range=90+days", "/?range=90+days"),
        ("/STATUS/", "/"),
        ("/Leads?lead=A%2FB", "/leads?lead=A%2FB"),
        ("/funnel/?a=b", None),
        ("/", None),
        ("/_stcore/health", None),
        ("/Unknown", None),
    ],
)
def test_paths_of_before_and_in_other_letters_lead_to_the_page(
    asked: str, led_to: str | None
) -> None:
    # In a thread of its own: the browser's tests may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, redirected(asked)).result() == led_to


async def redirected(asked: str) -> str | None:
    """Return where a request is led to; None where it is passed on."""
    path, _, query = asked.partition("?")
    headers = [(b"host", b"localhost")]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("localhost", 80),
    }
    scope |= {"path": path, "query_string": query.encode(), "headers": headers, "root_path": ""}
    told: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    await MovedPaths(PlainTextResponse("passed on"))(scope, receive, send)
    target = dict(told[0]["headers"]).get(b"location")
    return target.decode().removeprefix("http://localhost") if target else None


class Opened:
    def __init__(self, closed: list[str], name: str) -> None:
        self.closed, self.name = closed, name

    def close(self) -> None:
        self.closed.append(self.name)


def test_what_a_page_opens_is_opened_once_and_closed_with_the_server() -> None:
    closed: list[str] = []

    def first(_: Sources) -> Opened:
        return Opened(closed, "first")

    def second(_: Sources) -> Opened:
        return Opened(closed, "second")

    with serving(Services(load_settings())) as services:
        assert current_services() is services
        assert services.once(first) is services.once(first)
        assert services.once(second).name == "second"
        assert closed == []
    assert closed == ["second", "first"]
    with pytest.raises(NotServedError, match="make run"):
        current_services()


def test_what_could_not_be_opened_is_tried_again() -> None:
    attempts: list[int] = []

    def opening(_: Sources) -> Opened:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError
        return Opened([], "opened")

    with serving(Services(Settings())) as services:
        with pytest.raises(ConnectionError):
            services.once(opening)
        assert services.once(opening).name == "opened"


def test_pages_without_their_server_say_how_to_start_it() -> None:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert [each.value for each in app.info] == [
        "These pages run in their own server: start it with `make run`."
    ]


def failing_page() -> None:
    from dashboard.ui.failure import show_unknown_failure

    show_unknown_failure(ValueError("a secret"))


def test_an_unknown_failure_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="dashboard"):
        app = AppTest.from_function(failing_page).run()
    assert [each.value for each in app.info] == [
        "This page failed in a way it does not know. The server’s log says where."
    ]
    assert "ValueError: a secret" in caplog.text
