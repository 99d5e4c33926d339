"""The ASGI application: the pages with their services, paths that moved, and the last boundary."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.datastructures import URL
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.pages import MOVED, PAGES
from dashboard.services import Services, serving
from dashboard.settings import ROOT
from dashboard.ui.failure import show_unknown_failure


def application(services: Services) -> st.App:
    """Return the pages as an application; its end closes the services."""

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        with serving(services):
            yield

    return st.App(
        ROOT / "dashboard" / "app.py",
        lifespan=lifespan,
        middleware=[Middleware(MovedPaths)],
        on_script_error=show_unknown_failure,
    )


class MovedPaths:
    """Leads paths of before, and those in other letters, to the page of now."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, or pass the request on."""
        name = str(scope.get("path", "")).strip("/")
        target = page_path(name) if scope["type"] == "http" else name
        if target == name:
            await self.app(scope, receive, send)
            return
        moved = URL(scope=scope).replace(path=f"/{target}")
        await RedirectResponse(moved)(scope, receive, send)


def page_path(name: str) -> str:
    """Return the path of the page that a path means; any other path as it is."""
    lower = name.lower()
    moved = MOVED.get(lower, lower)
    return moved if moved in PAGES else name
