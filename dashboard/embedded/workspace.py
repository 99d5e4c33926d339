"""The embedded server's databases: demo, sandbox, lab and app, each with its role."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from dashboard.database.address import Address
from dashboard.database.errors import explained
from dashboard.embedded.server import Server
from queries import load

# database → the role that the app uses it with
ROLES = {"demo": "reader", "sandbox": "reader", "lab": "lab_owner", "app": "app"}
ROLE_NAMES = ("reader", "submitter", "lab_owner", "app")
Fill = Callable[[psycopg.Connection[Any]], None]
COPY_ATTEMPTS = 5


def leave_as_it_is(_: psycopg.Connection[Any]) -> None:
    """Add nothing to an existing demo."""


def prepare_workspace(
    server: Server, fill: Fill, say: Callable[[str], None], renew: Fill = leave_as_it_is
) -> None:
    """Create the roles and databases that are missing.

    `fill` writes a new demo; `renew` adds the latest rows to an existing one. A database gets its
    name only when it is complete, so a killed start leaves no unfinished one in use.
    """
    maintenance = _administrator(server, "postgres")
    with explained("embedded PostgreSQL"), maintenance.connect() as connection:
        # Several processes may start at once, so one locks; the lock ends with this connection.
        connection.execute(load("database/lock_preparation").bind({}))
        _create_roles(connection, server)
        existing = {row.datname for row in connection.execute(load("database/databases").bind({}))}
        if "demo" not in existing:
            say("Filling the demo database …")
            _build_demo(connection, server, fill)
        else:
            with psycopg.connect(**server.parameters("demo")) as demo:
                renew(demo)
        if "sandbox" not in existing:
            say("Copying it to the sandbox …")
            connection.execute(load("schema/create_sandbox").bind({}))
        # At every start, because an earlier one may have been killed between copy and grants.
        _execute(server, "sandbox", "schema/grant_submitter")
        for name in sorted({"lab", "app"} - existing):
            connection.execute(load(f"schema/create_{name}").bind({}))


def renew_sandbox(server: Server, exclusive: bool = False, fill: Fill | None = None) -> None:
    """Replace the sandbox by a new copy of the demo; sessions on both are ended.

    `fill` writes other rows than the demo's. `exclusive` gives it the deployed form of the
    constraint on owner and session id.

    If this is killed at any point, the next start or reset completes it.
    """
    maintenance = _administrator(server, "postgres")
    with explained("embedded PostgreSQL"), maintenance.connect() as connection:
        connection.execute(load("database/lock_preparation").bind({}))
        connection.execute(load("submit/drop_copy").bind({}))
        if fill:
            _build_copy(connection, server, fill)
        else:
            _copy_demo(connection)
        connection.execute(load("submit/drop_sandbox").bind({}))
        connection.execute(load("submit/name_copy").bind({}))
        if exclusive:
            _execute(server, "sandbox", "schema/exclusive_constraint")
        _execute(server, "sandbox", "schema/grant_submitter")


def address(server: Server, database: str, role: str | None = None) -> Address:
    """Return the address of an embedded database for its role, labeled with the database's name."""
    role = role or ROLES[database]
    return Address(database, server.parameters(database, role, _password(server, role)))


def _create_roles(connection: Connection, server: Server) -> None:
    for role in ROLE_NAMES:
        password = _password(server, role)
        # DDL takes no binds: the values travel as settings and are quoted by format().
        connection.execute(load("schema/role_to_create").bind({"role": role, "password": password}))
        connection.execute(load("schema/create_role").bind({}))


def _build_demo(connection: Connection, server: Server, fill: Fill) -> None:
    connection.execute(load("schema/drop_unfinished_demo").bind({}))
    connection.execute(load("schema/create_demo").bind({}))
    with psycopg.connect(**server.parameters("demo_unfinished")) as demo:
        fill(demo)
    _execute(server, "demo_unfinished", "schema/grant_reader")
    connection.execute(load("schema/close_demo").bind({}))
    connection.execute(load("schema/finish_demo").bind({}))


def _build_copy(connection: Connection, server: Server, fill: Fill) -> None:
    connection.execute(load("submit/create_copy").bind({}))
    with psycopg.connect(**server.parameters("sandbox_copy")) as copy:
        fill(copy)
    _execute(server, "sandbox_copy", "schema/grant_reader")


def _copy_demo(connection: Connection) -> None:
    for attempt in range(1, COPY_ATTEMPTS + 1):
        connection.execute(load("submit/end_demo_sessions").bind({}))
        try:
            connection.execute(load("submit/copy_demo").bind({}))
        except OperationalError:
            # Another session connected between the two statements.
            if attempt == COPY_ATTEMPTS:
                raise
        else:
            return


def _execute(server: Server, database: str, question: str) -> None:
    with _administrator(server, database).connect() as connection:
        connection.execute(load(question).bind({}))


def _administrator(server: Server, database: str) -> Engine:
    def connect() -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(**server.parameters(database))

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
    )


def _password(server: Server, role: str) -> str:
    """Derive a role's password from the server's own, so that only one secret is kept."""
    return hmac.new(server.password.encode(), role.encode(), hashlib.sha256).hexdigest()
