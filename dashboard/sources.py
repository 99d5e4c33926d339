"""The data sources: the configured database or the demo, and the sandbox beside it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from dashboard.database.address import is_address, parse_address
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Source, open_source
from dashboard.demo.fill import fill
from dashboard.demo.report_picture import report_picture
from dashboard.demo.top_up import top_up
from dashboard.embedded import workspace
from dashboard.embedded.server import EmbeddedServerError, Lease, Server, acquire
from dashboard.model.times import now
from dashboard.settings import Settings


def silent(_: str) -> None:
    """Print nothing: the default where nobody watches the start."""


@dataclass
class Sources:
    """Opens sources by name, each once; starts the embedded server when a source needs it.

    Threads may share it. `close` releases the embedded server.
    """

    settings: Settings
    say: Callable[[str], None] = silent
    _open: dict[str, Source] = field(default_factory=dict)
    _lease: Lease | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def default(self) -> str:
        """The name of the source that is shown unless a person chooses another."""
        return "source" if self.settings.database_url else "demo"

    @property
    def names(self) -> list[str]:
        """The names of the sources in the header."""
        return [self.default, "sandbox"]

    def open(self, name: str) -> Source:
        """Return the source called `source`, `demo` or `sandbox`, or at a database URL.

        Raises DatabaseProblem where the address or the embedded server is at fault.
        """
        with self._lock:
            if name not in self._open:
                self._open[name] = self._new(name)
            return self._open[name]

    def server(self) -> Server:
        """Return the embedded server with its databases; the first call starts it.

        Raises DatabaseProblem.
        """
        with self._lock:
            return self._server().server

    def close(self) -> None:
        """Disconnect, and stop the embedded server unless another process still uses it."""
        with self._lock:
            for source in self._open.values():
                source.engine.dispose()
            self._open.clear()
            if self._lease:
                self._lease.release()
                self._lease = None

    def _new(self, name: str) -> Source:
        timeout = self.settings.statement_timeout
        if name in ("demo", "sandbox"):
            return open_source(
                name, workspace.address(self._server().server, name), "public", timeout
            )
        url = name if is_address(name) else self.settings.database_url or ""
        return open_source("source", parse_address(url), self.settings.schema, timeout)

    def _server(self) -> Lease:
        if self._lease is None:
            lease = self._started()
            try:
                workspace.prepare_workspace(lease.server, _fill_demo, self.say, _renew_demo)
            except BaseException:
                # This process can't use the server without its databases.
                lease.release()
                raise
            self._lease = lease
        return self._lease

    def _started(self) -> Lease:
        try:
            return acquire(
                self.settings.data_home, binaries=self.settings.postgres_binaries, say=self.say
            )
        except EmbeddedServerError as error:
            raise DatabaseProblem(
                "unreachable",
                str(error),
                "embedded PostgreSQL",
                "Or set DATABASE_URL to look at a database of your own.",
            ) from error


def latest_hour() -> datetime:
    """Return up to when the demo is filled: frequent starts wait for new rows once an hour."""
    return now().replace(minute=0, second=0, microsecond=0)


def _fill_demo(connection: psycopg.Connection[Any]) -> None:
    fill(connection, report_picture())
    _renew_demo(connection)


def _renew_demo(connection: psycopg.Connection[Any]) -> None:
    top_up(connection, latest_hour())
