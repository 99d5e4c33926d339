"""Throw-away schemas in the database `lab`: one per strategy and run, gone afterwards.

Each run holds a lock on its schema's name in a session of its own. The server drops the lock with
the session, however that ends. So a schema that nobody has locked belongs to a dead run.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine

from dashboard.database.address import Address
from dashboard.database.errors import DatabaseProblem, explained
from dashboard.lab.conditions import Conditions, LabConstraint
from dashboard.lab.strategies import WriteStrategy
from queries import load

LAB = "lab"
LAB_CONNECT_SECONDS = "5"
LAB_TIMEOUT = "15s"
POOL_SECONDS = 10.0
# The tables are created in the inclusive form.
CONSTRAINT_CHANGES: dict[LabConstraint, str] = {
    "exclusive": "schema/exclusive_constraint",
    "absent": "schema/no_constraint",
}


@contextmanager
def throw_away(lab: Address) -> Iterator[str]:
    """Create an empty schema, and drop it at the end with all that is in it.

    What can't be dropped because the server went away is dropped by the next run. Raises
    DatabaseProblem.
    """
    schema = f"run_{uuid4().hex}"
    keeper = _keeper(lab)
    try:
        with explained(LAB), keeper.connect() as connection:
            connection.execute(load("lab/hold_schema").bind({"schema": schema}))
            _execute(connection, "lab/create_schema", schema)
            try:
                yield schema
            finally:
                with suppress(DatabaseProblem), explained(LAB):
                    _execute(connection, "lab/drop_schema", schema)
    finally:
        keeper.dispose()


def drop_abandoned(lab: Address) -> int:
    """Drop the schemas that dead runs left and return their number; raises DatabaseProblem."""
    keeper = _keeper(lab)
    with explained(LAB), keeper.connect() as connection:
        found = [*connection.execute(load("lab/schemas").bind({})).scalars()]
    return sum(_drop_if_free(keeper, schema) for schema in found)


def fill_schema(engine: Engine, strategy: WriteStrategy, conditions: Conditions) -> None:
    """Fill a schema with the three tables, the constraint's form, keys and owned websites."""
    with explained(LAB), engine.connect() as connection:
        connection.execute(load("schema/tables").bind({}))
        connection.execute(load("schema/indexes").bind({}))
        if conditions.constraint in CONSTRAINT_CHANGES:
            connection.execute(load(CONSTRAINT_CHANGES[conditions.constraint]).bind({}))
        if strategy.has_keys:
            connection.execute(load("lab/keys").bind({}))
        owned = load("lab/own_websites").bind({"websites": conditions.owned_websites})
        connection.execute(owned)
        connection.commit()


def open_schema(lab: Address, schema: str, isolation: str, connections: int) -> Engine:
    """Return an engine whose unqualified names are those of the schema."""
    options = f"-c search_path={schema} -c statement_timeout={LAB_TIMEOUT}"
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: _connect(lab, options),
        hide_parameters=True,
        isolation_level=isolation,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
    )


def _drop_if_free(keeper: Engine, schema: str) -> bool:
    with explained(LAB), keeper.connect() as connection:
        transaction = connection.execution_options(isolation_level="READ COMMITTED")
        free = load("lab/free_schema").bind({"schema": schema})
        if not transaction.execute(free).scalar_one():
            return False
        _execute(transaction, "lab/drop_schema", schema)
        transaction.commit()
        return True


def _execute(connection: Connection, question: str, schema: str) -> None:
    """Run a statement about a schema, whose name travels as a setting and is quoted there."""
    connection.execute(load("lab/session_schema").bind({"schema": schema}))
    connection.execute(load(question).bind({}))


def _keeper(lab: Address) -> Engine:
    options = f"-c statement_timeout={LAB_TIMEOUT}"
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: _connect(lab, options),
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )


def _connect(lab: Address, options: str) -> psycopg.Connection[tuple[object, ...]]:
    given = {"options": options, "connect_timeout": LAB_CONNECT_SECONDS}
    return psycopg.connect(make_conninfo(**lab.parameters | given))
