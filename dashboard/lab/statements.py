"""How the Lab makes statements: on one connection per request, with every new id noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from dashboard.writers.statements import WrittenRow
from queries import load

# The calls that log a planned event; the event of a placeholder lead is none of them.
PLANNED_EVENTS = ("started/step", "analysis/capture", "completed/step")


@dataclass
class GivenIds:
    """The ids that writers gave to rows, each with its submission; whether they are stored or not.

    The rows that are stored are compared with them. Safe between threads.
    """

    leads: dict[UUID, int] = field(default_factory=dict)
    events: dict[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LabStatements:
    """Runs a submission's statements on one connection.

    `after_each` may end the request in its middle.
    """

    connection: Connection
    submission_number: int
    given: GivenIds
    after_each: Callable[[], None]

    def look(self, _call: str, question: str, /, **binds: object) -> Row[Any] | None:
        """Return the first row of a question, None where there is none."""
        found = self.connection.execute(load(question).bind(binds)).first()
        self.after_each()
        return found

    def write(self, call: str, row: WrittenRow, question: str, /, **binds: object) -> None:
        """Run a statement that writes this row."""
        self._note(call, row)
        self.connection.execute(load(question).bind(binds))
        self.after_each()

    def drop(self, _call: str) -> None:
        """Answer a call that should have written a row: nothing of it is stored."""

    def upsert(self, call: str, row: WrittenRow, question: str, /, **binds: object) -> UUID:
        """Run a statement that inserts this row or updates another one; return the id it has."""
        self._note(call, row)
        found = self.look(call, question, **binds)
        assert found, "an upsert that updates always returns its row"  # noqa: S101 - tells mypy
        return found.id  # type: ignore[no-any-return]

    def _note(self, call: str, row: WrittenRow) -> None:
        if row.table == "website_leads":
            self.given.leads[row.row_id] = self.submission_number
        elif call in PLANNED_EVENTS:
            self.given.events[row.row_id] = self.submission_number
