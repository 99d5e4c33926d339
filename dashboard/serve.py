"""`make run`: starts the embedded server and Streamlit, and prints the address once it answers."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from types import FrameType

from dashboard.command_line.command import Asked, Command, Outcome
from dashboard.database.errors import DatabaseProblem
from dashboard.settings import ROOT, Settings
from dashboard.sources import Sources

PAGES_START_SECONDS = 60
PAGES_STOP_SECONDS = 5


class ServerInterrupted(BaseException):
    """Ctrl-C, a closed terminal or a stop from outside."""


def serve(settings: Settings, host: str, port: int) -> int:
    """Run the pages until interrupted; returns the exit code."""
    if _in_use(host, port):
        _say(f"Port {port} on {host} is in use. Choose another one: make run PORT={port + 1}")
        return 1
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _interrupt)
    try:
        with closing(Sources(settings, say=_say)) as sources:
            _open_default(sources)
            return _run_pages(host, port)
    except ServerInterrupted:
        _say("Stopped.")
        return 0


def _open_default(sources: Sources) -> None:
    """Open the default source before the pages need it; a failure is only printed."""
    try:
        sources.open(sources.default)
    except DatabaseProblem as problem:
        _say(f"{problem}\nServing the pages all the same; they say so too.")


def _run_pages(host: str, port: int) -> int:
    _say("Starting the pages …")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "dashboard" / "app.py"),
        "--server.address",
        host,
        "--server.port",
        str(port),
    ]
    # Streamlit gets its own session. Ctrl-C then reaches this process alone, which stops the rest.
    # Streamlit's own output would print the address too early, and twice.
    pages = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        if _answers(pages, host, port):
            _say(f"\n  Open  http://{_shown(host)}:{port}\n\n  Ctrl-C stops it.")
        return pages.wait()
    finally:
        _stop(pages)


def _answers(pages: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until the pages answer over HTTP; False where they ended or did not answer in time."""
    deadline = time.monotonic() + PAGES_START_SECONDS
    while pages.poll() is None and time.monotonic() < deadline:
        try:
            url = f"http://{_shown(host)}:{port}/_stcore/health"
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    _say("The pages did not start; the lines above say why.")
    return False


def _stop(pages: subprocess.Popen[bytes]) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A second Ctrl-C must not interrupt the shutdown.
        signal.signal(each, signal.SIG_IGN)
    pages.terminate()
    try:
        pages.wait(PAGES_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(pages.pid, signal.SIGKILL)
        pages.wait()


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
