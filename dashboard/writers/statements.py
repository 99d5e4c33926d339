"""How a write path makes its statements: whoever uses a path says so by implementing this."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row


@dataclass(frozen=True)
class WrittenRow:
    """A row that a statement writes, and how to tell afterwards whether it did.

    An organization may have been there before. Then `session_id` shows the write, which changes it
    from `session_before`.
    """

    table: str
    row_id: UUID
    session_id: str | None = None
    session_before: str | None = None


class Statements(Protocol):
    """Makes the statements of a write path.

    A call has the name `<request>/<part>`. Submit notes it in the ledger and commits it alone. Lab
    runs it on the connection of the request. Both may end the request by raising.
    """

    def look(self, call: str, question: str, /, **binds: object) -> Row[Any] | None:
        """Return the first row of a question, None where there is none."""

    def write(self, call: str, row: WrittenRow, question: str, /, **binds: object) -> None:
        """Run a statement that writes this row."""

    def drop(self, call: str) -> None:
        """Answer a call that should have written a row: no statement is made, and no error told."""
