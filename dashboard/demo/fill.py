"""Writes the demo's rows into an empty database."""

from collections.abc import Iterable
from typing import Any

import psycopg

from dashboard.demo.rows import Rows
from queries import load


def fill(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """Create the three tables and write the rows: all of it, or nothing."""
    with connection.transaction():
        _execute(connection, "schema/tables")
        _copy(connection, "demo/copy_organizations", rows.organizations)
        _copy(connection, "demo/copy_leads", rows.leads)
        _copy(connection, "demo/copy_events", rows.events)
        # Building an index once over all rows is faster than keeping it while they arrive.
        _execute(connection, "schema/indexes")
        _execute(connection, "demo/analyze_tables")


def _execute(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(load(name).sql.encode())


def _copy(
    connection: psycopg.Connection[Any], name: str, rows: Iterable[tuple[object, ...]]
) -> None:
    with connection.cursor() as cursor, cursor.copy(load(name).sql.encode()) as copy:
        for row in rows:
            copy.write_row(row)
