"""`make run`: opens the sources, serves the pages, and prints the address once they answer."""

import argparse
import os
import signal
import socket
from contextlib import closing
from importlib import import_module
from types import FrameType

import uvicorn

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.database.errors import DatabaseProblem
from dashboard.services import Services
from dashboard.settings import Settings

PAGES_STOP_SECONDS = 5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ServerInterrupted(BaseException):
    """Ctrl-C, a closed terminal or a stop from outside, before the pages are served."""


class PagesServer(uvicorn.Server):
    """Prints the address as soon as it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port, and say so."""
        await super().startup(sockets)
        if self.started:
            host, port = _shown(self.config.host), self.config.port
            _say(f"\n  Open  http://{host}:{port}\n\n  Ctrl-C stops it.")


def serve(settings: Settings, host: str, port: int) -> int:
    """Run the pages until interrupted; returns the exit code."""
    if _in_use(host, port):
        _say(f"Port {port} on {host} is in use. Choose another one: make run PORT={port + 1}")
        return 1
    for each in STOPPING:
        signal.signal(each, _interrupt)
    try:
        with closing(Services(settings, say=_say)) as services:
            try:
                _open_default(services)
                _run_pages(services, host, port)
            finally:
                _ignore_signals()
    except ServerInterrupted:
        pass
    _say("Stopped.")
    return 0


def _open_default(services: Services) -> None:
    """Open the default source before the pages need it; a failure is only printed."""
    sources = services.sources
    try:
        sources.open(sources.default)
    except DatabaseProblem as problem:
        _say(f"{problem}\nServing the pages all the same; they say so too.")


def _run_pages(services: Services, host: str, port: int) -> None:
    """Serve until a signal; what a visitor still asks then has a few seconds to end."""
    _say("Starting the pages …")
    os.environ |= {"STREAMLIT_SERVER_ADDRESS": host, "STREAMLIT_SERVER_PORT": str(port)}
    # Streamlit reads them when it is imported, which no other command needs.
    server = import_module("dashboard.server")
    pages = PagesServer(
        uvicorn.Config(
            server.application(services),
            host,
            port,
            ws="websockets-sansio",
            log_level="warning",
            timeout_graceful_shutdown=PAGES_STOP_SECONDS,
        )
    )
    signal.signal(signal.SIGHUP, pages.handle_exit)
    pages.run()


def _ignore_signals() -> None:
    """Let no second Ctrl-C interrupt the end."""
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)


def _in_use(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _shown(host: str) -> str:
    """Return the host name for a browser on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise ServerInterrupted


def _say(text: str) -> None:
    print(text, flush=True)


def _serve(asked: Asked) -> Outcome:
    return Outcome(None, serve(asked.settings, asked.options.host, asked.options.port))


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=_typed_port, default=8501, help="port to listen on (%(default)s)")


def _typed_port(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise argparse.ArgumentTypeError(f"{given!r} is no port between 1 and 65535")
    return int(given)


SERVE_COMMAND = Command("serve", "run the pages", _add_options, _serve)
