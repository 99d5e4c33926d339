"""What all tests share: a real PostgreSQL, fresh databases on it, and the demo."""

import gc
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
import streamlit as st
from psycopg.conninfo import make_conninfo
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import tests.examples  # noqa: F401 - sets how many examples are drawn
from dashboard.database.address import Address
from dashboard.database.reading import Source, open_source
from dashboard.demo.fill import execute as fill_with
from dashboard.demo.fill import execute_with, fill
from dashboard.demo.history import history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.top_up import append
from dashboard.embedded import workspace
from dashboard.embedded.server import Server, embedded_server
from dashboard.services import Services, serving
from dashboard.settings import ROOT, load_settings
from queries import load
from tests.once import begin, copied_home, data_home, end, made_once
from tests.ten_months import demo_tables, ten_months

__all__ = ["demo_tables", "ten_months"]

Parameters = dict[str, Any]
NUMBERS = count()
# A plan may depend on how much memory a sort or hash may take: databases take turns with the two.
WORK_MEMS = ("64kB", "256MB")
# AppTest reads the metadata of all installed packages anew for each page that it opens.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
# The span of the demo that pages and commands are tested on.
AUTUMN, AUTUMN_END = datetime(2026, 9, 1), datetime(2026, 10, 15)
# Hundreds of databases come and go, and nobody needs them after a power cut. A new database costs
# an autovacuum worker whenever its turn comes, and tables that it analyzes change their plans.
FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "autovacuum": "off",
}


# --- the run ---


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin the run in the process that others are started from, and draw its seed."""
    if _is_worker(config):
        return
    begin()
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = secrets.randbelow(2**32)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A run in the background ignores Ctrl-C, and so would all that it starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run."""
    if not _is_worker(config):
        end()


def pytest_report_header(config: pytest.Config) -> str:
    """Name the seed of all random examples."""
    return _seed_of(config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name it again below failures."""
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line(_seed_of(config))


def pytest_collection_finish() -> None:
    """Spare every later collection of garbage the modules and tests, which stay anyway."""
    gc.collect()
    gc.freeze()
    # Frames and histories are many objects, and looking through them again frees nothing.
    gc.set_threshold(50_000, 20, 50)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _seed_of(config: pytest.Config) -> str:
    seed = config.option.hypothesis_seed
    return f"The same random examples again: PYTEST_ADDOPTS=--hypothesis-seed={seed} make test"


# --- servers and databases ---


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded server of this worker."""
    with server_home() as home, embedded_server(home, say=lambda _: None) as running:
        yield running


@contextmanager
def server_home() -> Iterator[Path]:
    """A data folder of one's own: the report's picture as demo, and the three tables to copy."""
    with copied_home(made_once("server", _make_server)) as home:
        yield home


def _make_server(home: Path) -> None:
    with embedded_server(home, say=lambda _: None) as server:
        for setting, value in FOR_TESTS.items():
            execute(server.parameters("postgres"), f"alter system set {setting} = '{value}'")
        workspace.prepare_workspace(
            server, lambda connection: fill(connection, report_picture()), lambda _: None
        )
        execute(server.parameters("postgres"), "create database three_tables")
        execute(server.parameters("three_tables"), load("schema/tables").sql)


@pytest.fixture(scope="session")
def app_home() -> Iterator[Path]:
    """A data folder as the app leaves it, with a short demo; its server does not run."""
    with copied_home(made_once("app", _make_app)) as home:
        yield home


def _make_app(home: Path) -> None:
    with embedded_server(home, say=lambda _: None) as server:
        execute(server.parameters("postgres"), "alter system set fsync = off")
        workspace.prepare_workspace(server, _fill_shortly, lambda _: None)


def _fill_shortly(connection: psycopg.Connection[Any]) -> None:
    """Fill a demo of six weeks, to which the app adds nothing.

    Each page that a test opens reads the whole demo, and ten months take five times as long.
    """
    fill(connection, report_picture())
    fill_with(connection, "demo/planted_tables")
    append(connection, history(AUTUMN.date(), AUTUMN_END.date(), AUTUMN_END, AUTUMN))
    execute_with(connection, "demo/mark_filled", [{"until": datetime.max}])


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[..., Parameters]:
    """Create one more database whenever called, empty unless copied; they go with the server."""

    def new(template: str = "template1") -> Parameters:
        number = next(NUMBERS)
        work_mem = WORK_MEMS[number % len(WORK_MEMS)]
        name = f"test_{number}_{work_mem.lower()}"
        create = f"create database {name} template {template} strategy file_copy"
        with connect(server.parameters("postgres")) as connection:
            connection.execute(create.encode())
            connection.execute(f"alter database {name} set work_mem = '{work_mem}'".encode())
        return server.parameters(name)

    return new


@pytest.fixture
def empty_database(new_database: Callable[[], Parameters]) -> Parameters:
    """A database without any table."""
    return new_database()


@pytest.fixture
def tables(new_database: Callable[..., Parameters]) -> Parameters:
    """A database with the three tables of the documented form, without rows."""
    return new_database("three_tables")


@pytest.fixture(scope="module")
def stored(new_database: Callable[..., Parameters]) -> Parameters:
    """The three tables, where a lead's organization and an event's lead need not exist."""
    parameters = new_database("three_tables")
    execute(
        parameters,
        "alter table website_leads drop constraint website_leads_organization_id_fkey;"
        " alter table conversion_tracking drop constraint conversion_tracking_website_lead_id_fkey",
    )
    return parameters


@pytest.fixture(scope="session")
def demo(server: Server) -> Source:
    """The report's picture as the app prepares the demo, read as its reader."""
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
def serve_pages() -> Iterator[Callable[[], Services]]:
    """Give the pages services by the environment's settings, as their server does."""
    st.cache_resource.clear()
    with ExitStack() as stack:
        yield lambda: stack.enter_context(serving(Services(load_settings())))
    st.cache_resource.clear()


@pytest.fixture
def open_app(
    monkeypatch: pytest.MonkeyPatch, serve_pages: Callable[[], Services]
) -> Callable[..., AppTest]:
    """Run the app over a database: `open_app(parameters, "funnel", range="all time")`."""

    def open_page(
        parameters: Parameters, path: str = "status", /, **link: str | list[str]
    ) -> AppTest:
        monkeypatch.setenv("DATABASE_URL", url_of(parameters))
        serve_pages()
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for name, value in link.items():
            app.query_params[name] = value
        if path != "status":
            # AppTest.switch_page knows files only; a page of st.navigation goes by its path's hash.
            app._page_hash = calc_hash(path)
        return app.run()

    return open_page


@pytest.fixture(scope="module")
def debian_server() -> Iterator[Server]:
    """The machine's own PostgreSQL, another major version than the embedded one."""
    binaries = debian_postgres()
    if binaries is None:
        pytest.skip("no other PostgreSQL under /usr/lib/postgresql")
    with (
        data_home() as home,
        embedded_server(home, binaries=binaries, say=lambda _: None) as running,
    ):
        yield running


def debian_postgres() -> Path | None:
    """Return another major version's binaries, where the machine has some."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[0].parent if found and shutil.which(str(found[0])) else None
