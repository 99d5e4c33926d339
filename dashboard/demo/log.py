"""The write log of one day: every row with its arrival time, so that the log can be cut."""

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
    """A row and its arrival time; a later row with the same id replaces it."""

    at: datetime
    row: Organization | DemoLead | Event | Truth


class WriteLog:
    """Collects the writes of one day's submissions."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self._held_until = datetime.min

    def hold(self, until: datetime) -> None:
        """Delay all later writes to this moment at least.

        Then both paths' rows of a submission arrive together, and no cut falls between them.
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
        """Note a row's defect, and from when on the row has it."""
        at = max(at, self._held_until)
        self.write(at, Defect(kind, at, submission, TABLE_OF_ROW[type(row)], row.id, detail))
