"""What all tests share: a real PostgreSQL, fresh databases on it, and the demo."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
import streamlit as st
from hypothesis import settings
from psycopg.conninfo import make_conninfo
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.database.address import Address
from dashboard.database.reading import Source, open_source
from dashboard.demo.fill import fill
from dashboard.demo.report_picture import report_picture
from dashboard.embedded import workspace
from dashboard.embedded.server import Server, embedded_server
from dashboard.settings import ROOT
from queries import load

# How long an example takes is the machine's business. The same examples on every run: whether a
# change is sound is not to be drawn.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

Parameters = dict[str, Any]
NUMBERS = count()
# A plan may depend on how much memory a sort or hash may take: databases take turns with the two.
WORK_MEMS = ("64kB", "256MB")


@contextmanager
def data_home() -> Iterator[Path]:
    """A folder for a server's data that its account can reach, gone afterwards."""
    # pytest's own folders are closed to others, and root's server runs as somebody else.
    folder = Path(mkdtemp(prefix="lead-funnel-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded server of this test run."""
    with data_home() as home, embedded_server(home, say=lambda _: None) as running:
        # Hundreds of databases come and go, and nobody needs them after a power cut.
        execute(running.parameters("postgres"), "alter system set fsync = off")
        execute(running.parameters("postgres"), "select pg_reload_conf()")
        yield running


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[[], Parameters]:
    """Create one more empty database whenever called; they go with the server."""

    def create() -> Parameters:
        number = next(NUMBERS)
        work_mem = WORK_MEMS[number % len(WORK_MEMS)]
        name = f"test_{number}_{work_mem.lower()}"
        with psycopg.connect(**server.parameters("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}".encode())
            connection.execute(f"alter database {name} set work_mem = '{work_mem}'".encode())
        return server.parameters(name)

    return create


@pytest.fixture
def empty_database(new_database: Callable[[], Parameters]) -> Parameters:
    """A database without any table."""
    return new_database()


@pytest.fixture
def tables(new_database: Callable[[], Parameters]) -> Parameters:
    """A database with the three tables of the documented form, without rows."""
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    return parameters


@pytest.fixture(scope="session")
def demo(server: Server) -> Source:
    """The demo as the app prepares it, read as its reader."""
    workspace.prepare(server, lambda connection: fill(connection, report_picture()), lambda _: None)
    return open_source("demo", workspace.address(server, "demo"), "public", timedelta(seconds=30))


@pytest.fixture(scope="session")
def demo_parameters(server: Server, demo: Source) -> Parameters:
    """The demo's database and its reader, for whoever is configured with them."""
    return workspace.address(server, demo.name).parameters


def execute(parameters: Parameters, sql: str, *values: Any) -> None:
    """Run statements as the database's owner."""
    with connect(parameters) as connection:
        connection.execute(sql.encode(), values or None)


def connect(parameters: Parameters) -> psycopg.Connection[Any]:
    """Connect as the database's owner; every statement is a transaction of its own."""
    return psycopg.connect(make_conninfo("", **parameters), autocommit=True)


@pytest.fixture(scope="module", autouse=True)
def connections_given_back() -> Iterator[None]:
    """Close what a module's tests left open: all modules of a worker share one server's limit."""
    yield
    gc.collect()


def source_of(
    parameters: Parameters, schema: str = "public", timeout: timedelta = timedelta(seconds=30)
) -> Source:
    """Open a database the way the product opens a configured one."""
    return open_source("source", Address("test", parameters), schema, timeout)


def url_of(parameters: Parameters) -> str:
    """Write a test database's address as DATABASE_URL takes it."""
    user, password = quote(parameters["user"]), quote(parameters["password"])
    place = urlencode({"host": parameters["host"], "port": parameters["port"]})
    return f"postgresql://{user}:{password}@/{parameters['dbname']}?{place}"


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Run the app over a database: `open_app(parameters, "funnel", range="all time")`."""
    st.cache_resource.clear()

    def open_page(parameters: Parameters, path: str = "status", /, **link: str) -> AppTest:
        monkeypatch.setenv("DATABASE_URL", url_of(parameters))
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for name, value in link.items():
            app.query_params[name] = value
        if path != "status":
            # AppTest.switch_page knows files only; a page of st.navigation goes by its path's hash.
            app._page_hash = calc_hash(path)
        return app.run()

    yield open_page
    st.cache_resource.clear()


def debian_postgres() -> Path | None:
    """Return another major version's binaries, where the machine has some."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[0].parent if found and shutil.which(str(found[0])) else None
