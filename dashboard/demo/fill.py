"""Writes the demo's rows into an empty database."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from sqlalchemy import text

from dashboard.demo.rows import Rows
from queries import DIALECT, load

Connection = psycopg.Connection[Any]


def fill(connection: Connection, rows: Rows) -> None:
    """Create the three tables and write the rows, in one transaction."""
    with connection.transaction():
        execute(connection, "schema/tables")
        copy_rows(connection, rows)
        # One index build over all rows is faster than an index update per row.
        execute(connection, "schema/indexes")
        execute(connection, "demo/analyze_tables")


def copy_rows(connection: Connection, rows: Rows) -> None:
    """Add rows to the three tables."""
    copy(connection, "demo/copy_organizations", rows.organizations)
    copy(connection, "demo/copy_leads", rows.leads)
    copy(connection, "demo/copy_events", rows.events)


def execute(connection: Connection, name: str) -> None:
    """Run the catalog's statements of this name, which take no values."""
    connection.execute(load(name).sql.encode())


def execute_with(connection: Connection, name: str, values: Iterable[Mapping[str, object]]) -> None:
    """Run a statement once for each set of values."""
    statement = str(text(load(name).sql).compile(dialect=DIALECT))
    with connection.cursor() as cursor:
        cursor.executemany(statement.encode(), values)


def copy(connection: Connection, name: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Send rows to a `copy … from stdin` of the catalog."""
    with connection.cursor() as cursor, cursor.copy(load(name).sql.encode()) as receiver:
        for row in rows:
            receiver.write_row(row)
