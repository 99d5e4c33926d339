"""The number of leads in a period, and when the first and last were created."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.database.reading import Reader
from dashboard.model.filters import Filters


@dataclass(frozen=True)
class LeadsInRange:
    """Leads of the period; times are UTC, None where there is no lead or none has a time."""

    leads: int
    first_at: datetime | None
    last_at: datetime | None


def leads_in_range(reader: Reader, filters: Filters) -> LeadsInRange:
    """Count the period's leads, with or without events."""
    row = reader.one("database/leads_in_range", **filters.binds)
    return LeadsInRange(row.leads, row.first_at, row.last_at)
