"""Writing the sandbox: one statement, one transaction, and what a failure leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, Row, create_engine

from dashboard.database.address import Address
from dashboard.database.errors import explain
from dashboard.writers.statements import WrittenRow
from queries import load

# table → the question that reads rows back, and its bind
READ_BACK: Final = {
    "organizations": ("submit/organizations_left", "organization_ids"),
    "website_leads": ("submit/leads_left", "lead_ids"),
    "conversion_tracking": ("submit/events_left", "event_ids"),
}
SQLSTATE_MEANINGS = {
    "23514": "the row breaks a rule of the table and was refused",
    "23505": "another row already has this value, which must be unique",
    "23503": "the row that this one belongs to is not there",
    "22P02": "a value has not the form that its column asks for",
    "40P01": "two transactions waited for each other, and this one was given up",
    "40001": "the transaction could not be ordered among the others and was given up",
}
OWNER_RULE = "chk_organizations_user_or_session"
RULE_MEANING = (
    "the organization’s owner and session id break the rule that ties the two; it was refused"
)
# Seconds between attempts to read back; a crashed server is up again within a few.
READ_BACK_PAUSES = (0.1, 0.3, 0.6, 1.0, 2.0, 4.0)
SANDBOX_TIMEOUT = "10s"
Wait = Callable[[float], object]


class Failure(Exception):
    """A statement that failed, in our words; a driver's own may hold a value or a password.

    `certain`: nothing was stored. Otherwise the connection was lost, and nobody knows yet.
    """

    def __init__(
        self, message: str, sqlstate: str | None, constraint: str | None, certain: bool
    ) -> None:
        """Keep the parts apart: the ledger stores them one by one."""
        super().__init__(message, sqlstate, constraint, certain)
        self.message, self.sqlstate, self.constraint = message, sqlstate, constraint
        self.certain = certain

    def said(self, message: str) -> Failure:
        """Return the same failure in other words."""
        return Failure(message, self.sqlstate, self.constraint, self.certain)


@dataclass(frozen=True)
class Sandbox:
    """The three tables as the two paths write them."""

    engine: Engine

    def look(self, question: str, /, **binds: object) -> Row[Any] | None:
        """Return the row that a look-up finds; raises Failure."""
        return next(iter(self._run(question, binds)), None)

    def write(self, question: str, /, **binds: object) -> None:
        """Run one writing statement and commit it; raises Failure."""
        self._run(question, binds)

    def is_stored(self, row: WrittenRow, wait: Wait) -> bool | None:
        """Tell whether a row is stored, by its key; None where nothing shows it."""
        for pause in READ_BACK_PAUSES:
            try:
                return self._holds(row)
            except Failure:
                wait(pause)
        return None

    def _holds(self, row: WrittenRow) -> bool | None:
        name, bind = READ_BACK[row.table]
        found = self._run(name, {bind: [str(row.row_id)]})
        if not found or row.table != "organizations":
            return bool(found)
        if row.session_id in (None, row.session_before):
            # It leaves the session id as it was, so nothing tells whether it was made.
            return None
        if found[0].session_id == row.session_id:
            return True
        unchanged = row.session_before is not None and found[0].session_id == row.session_before
        return False if unchanged else None

    def _run(self, name: str, binds: Mapping[str, object]) -> list[Row[Any]]:
        sent = False
        try:
            with self.engine.connect() as connection:
                statement = load(name).bind(binds)
                sent = True
                result = connection.execute(statement)
                return [*result] if result.returns_rows else []
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error, UnicodeError) as error:
            # `from None`: the driver's text must not reach a log through the chained traceback.
            raise _failure(error, sent) from None


def open_sandbox(address: Address, connections: int) -> Sandbox:
    """Return the sandbox at its submitter's address; nothing is connected before the first call."""

    def connect() -> psycopg.Connection[tuple[object, ...]]:
        options = {"options": f"-c statement_timeout={SANDBOX_TIMEOUT}", "connect_timeout": "5"}
        return psycopg.connect(make_conninfo(**address.parameters | options))

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        hide_parameters=True,
        # Each statement is a transaction of its own, as in the system this stands for.
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
    )
    return Sandbox(engine)


def _failure(error: Exception, sent: bool) -> Failure:
    original = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    explanation, sqlstate = explain(error)
    constraint = original.diag.constraint_name if isinstance(original, psycopg.Error) else None
    meaning = SQLSTATE_MEANINGS.get(sqlstate or "", explanation.what)
    if constraint == OWNER_RULE:
        meaning = RULE_MEANING
    message = f"{meaning[:1].upper()}{meaning[1:]}."
    return Failure(message, sqlstate, constraint, not (sent and _is_loss(original, sqlstate)))


def _is_loss(original: BaseException | None, sqlstate: str | None) -> bool:
    """Tell whether the connection went away, so that the server's answer did not arrive."""
    if not isinstance(original, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return sqlstate is None or sqlstate.startswith(("08", "57P"))
