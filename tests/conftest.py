"""What all tests share: a real PostgreSQL, fresh databases on it, and the demo."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dashboard.database import workspace
from dashboard.database.address import Address
from dashboard.database.embedded import Server, embedded_server
from dashboard.database.reading import Source, open_source
from dashboard.demo.fill import fill
from dashboard.demo.report_picture import report_picture
from queries import load

Parameters = dict[str, str]
NUMBERS = count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded server, in a folder of this test run."""
    with embedded_server(tmp_path_factory.mktemp("postgres"), say=lambda _: None) as running:
        yield running


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[[], Parameters]:
    """Create one more empty database whenever called; they go with the server."""

    def create() -> Parameters:
        name = f"test_{next(NUMBERS)}"
        with psycopg.connect(**server.parameters("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}".encode())
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


def execute(parameters: Parameters, sql: str, *values: Any) -> None:
    """Run statements as the database's owner."""
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(sql.encode(), values or None)


def source_of(
    parameters: Parameters, schema: str = "public", timeout: timedelta = timedelta(seconds=30)
) -> Source:
    """Open a database the way the product opens a configured one."""
    return open_source("source", Address("test", parameters), schema, timeout)


def debian_postgres() -> Path | None:
    """Return another major version's binaries, where the machine has some."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[0].parent if found and shutil.which(str(found[0])) else None
