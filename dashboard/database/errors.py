"""Turns every database failure into words for people; no other module does.

Driver texts are never shown. They may hold an address with its password, a bound value or a row.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import psycopg
import sqlalchemy.exc

ProblemKind = Literal[
    "configuration",
    "unreachable",
    "wrong_password",
    "unknown_database",
    "timeout",
    "out_of_connections",
    "missing_grant",
    "schema_drift",
    "bad_value",
    "other",
]


# Problems of one question; others can still be asked.
OWN_FAULTS: tuple[ProblemKind, ...] = ("schema_drift", "timeout", "missing_grant", "bad_value")


class DatabaseProblem(Exception):
    """What is wrong, where, and what to do next; safe to show to anybody."""

    def __init__(self, kind: ProblemKind, what: str, where: str, next_step: str) -> None:
        """Keep the words apart: a page shows them one by one."""
        super().__init__(kind, what, where, next_step)
        self.kind, self.what, self.where, self.next_step = kind, what, where, next_step

    def __str__(self) -> str:
        """Return one line for a terminal or a log."""
        return f"{self.what} ({self.where}). {self.next_step}"


@dataclass(frozen=True)
class Explanation:
    """The words for one kind of failure."""

    kind: ProblemKind
    what: str
    next_step: str

    def problem(self, where: str) -> DatabaseProblem:
        """Return the exception to raise."""
        return DatabaseProblem(self.kind, self.what, where, self.next_step)


UNREACHABLE = Explanation(
    "unreachable",
    "The database can't be reached",
    "Check host, port and network, and that the server is running; then try again.",
)
WRONG_PASSWORD = Explanation(
    "wrong_password",
    "The database refused the user name or password",
    "Check user and password in DATABASE_URL.",
)
UNKNOWN_DATABASE = Explanation(
    "unknown_database",
    "The server has no database of that name",
    "Check the name after the last / in DATABASE_URL.",
)
TIMEOUT = Explanation(
    "timeout",
    "The database took longer than the time-out allows",
    "Choose a shorter date range, or raise DASHBOARD_STATEMENT_TIMEOUT.",
)
OUT_OF_CONNECTIONS = Explanation(
    "out_of_connections",
    "The database has no free connection",
    "Wait a moment and try again; if it stays so, raise the server's or the pooler's limit.",
)
MISSING_GRANT = Explanation(
    "missing_grant",
    "The database role may not read this",
    "Grant it USAGE on the schema and SELECT on the three tables (the README has the lines).",
)
SCHEMA_DRIFT = Explanation(
    "schema_drift",
    "The tables are not as expected: something is missing or of another type",
    "Ids have to be uuid, times timestamp, names and session ids text; what is missing stands on "
    "the Status page. Set DASHBOARD_SCHEMA if the tables live elsewhere.",
)
BAD_VALUE = Explanation(
    "bad_value",
    "The database holds or was given a value that can't be read",
    "Look for dates outside the years 1 to 9999 or text that is not UTF-8, or narrow the range.",
)
OTHER_EXPLANATION = Explanation(
    "other",
    "The database reported an error",
    "Try again; if it stays so, look into the server's log for the SQLSTATE.",
)

BY_SQLSTATE = {
    "08": UNREACHABLE,
    "57P": UNREACHABLE,
    "28": WRONG_PASSWORD,
    "3D": UNKNOWN_DATABASE,
    "57014": TIMEOUT,
    "55P03": TIMEOUT,
    "53300": OUT_OF_CONNECTIONS,
    "42501": MISSING_GRANT,
    "42P01": SCHEMA_DRIFT,
    "42703": SCHEMA_DRIFT,
    "3F": SCHEMA_DRIFT,
    "42804": SCHEMA_DRIFT,
    "42883": SCHEMA_DRIFT,
    "42846": SCHEMA_DRIFT,
    "22P02": SCHEMA_DRIFT,
    "22": BAD_VALUE,
}

# A refused connection has no SQLSTATE, only the server's English words or libpq's.
BY_CONNECT_TEXT = (
    (
        re.compile(
            r"password authentication|no password supplied|role \".*\" does not exist"
            r"|authentication failed|no pg_hba\.conf entry",
            re.I,
        ),
        WRONG_PASSWORD,
    ),
    (re.compile(r"database \".*\" does not exist|no such database", re.I), UNKNOWN_DATABASE),
    (
        re.compile(
            r"too many (connections|clients)|connection slots|no more connections"
            r"|max_client_conn|pool.*(full|limit)",
            re.I,
        ),
        OUT_OF_CONNECTIONS,
    ),
    (re.compile(r"permission denied for database", re.I), MISSING_GRANT),
)


def explain(error: BaseException) -> tuple[Explanation, str | None]:
    """Return the explanation of a driver's error and its SQLSTATE, where it has one."""
    original = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    sqlstate = getattr(original, "sqlstate", None)
    if sqlstate:
        # 57014 is a time-out, 57P01 a server going down: the longest prefix decides.
        found = (BY_SQLSTATE.get(sqlstate[:length]) for length in (5, 3, 2))
        return next((each for each in found if each), OTHER_EXPLANATION), sqlstate
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return OUT_OF_CONNECTIONS, None
    if isinstance(original, psycopg.DataError | UnicodeError):
        return BAD_VALUE, None
    if isinstance(original, psycopg.OperationalError | psycopg.InterfaceError):
        words = str(original)
        matching = [each for pattern, each in BY_CONNECT_TEXT if pattern.search(words)]
        return next(iter(matching), UNREACHABLE), None
    return OTHER_EXPLANATION, None


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn any database failure inside into a DatabaseProblem that names `where` it happened."""
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error, UnicodeError) as error:
        explanation, sqlstate = explain(error)
        place = f"{where}, SQLSTATE {sqlstate}" if sqlstate else where
        # `from None`: the driver's text must not reach a log through the chained traceback.
        raise explanation.problem(place) from None
