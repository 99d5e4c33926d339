"""The log a day is written to: every row with the moment it arrives, so that it can be cut."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dashboard.demo.rows import DemoLead, Event, Organization
from dashboard.demo.truth import Defect, DefectKind, Truth

TABLE_OF_ROW = {
    Organization: "organizations",
    DemoLead: "website_leads",
    Event: "conversion_tracking",
}


class Write(NamedTuple):
    """A row and when it arrives; a later row of the same id takes its place."""

    at: datetime
    row: Organization | DemoLead | Event | Truth


class WriteLog:
    """Collects the writes of one day's submissions."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self._held_until = datetime.min

    def hold(self, until: datetime) -> None:
        """Let nothing written from here on arrive before this moment.

        Both paths' rows of a submission arrive at once, so that no cut ever falls between them.
        """
        self._held_until = until

    def write(self, at: datetime, *rows: Organization | DemoLead | Event | Truth) -> None:
        """Add rows that arrive at a moment."""
        at = max(at, self._held_until)
        self.writes += [Write(at, row) for row in rows]

    def defect(
        self,
        kind: DefectKind,
        at: datetime,
        submission: UUID | None,
        row: Organization | DemoLead | Event,
        detail: str | None = None,
    ) -> None:
        """Say what is wrong with a row from this moment on."""
        at = max(at, self._held_until)
        self.write(at, Defect(kind, at, submission, TABLE_OF_ROW[type(row)], row.id, detail))
