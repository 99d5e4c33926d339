"""Leads over a period as bars, one per day, week or month, and the days of each bar."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import COUNT, DAY, Reader
from dashboard.leads.data import LeadSearch
from dashboard.model.filters import Filters
from dashboard.model.periods import Grain, grain_end, grain_of, partial_periods
from dashboard.model.times import to_local


@dataclass(frozen=True)
class LeadBars:
    """Matching leads per local day, week or month (`grain`), by the length of the period.

    `rows` has `period` (the first day of a bar; null for leads without a time), `leads` and
    `is_partial` (only a part of the period is counted). All days of the bars lie within `first` to
    `last`.
    """

    grain: Grain
    first: date
    last: date
    rows: pd.DataFrame

    @property
    def matching(self) -> int:
        """The number of leads that match, with those without a time."""
        return int(self.rows["leads"].sum())

    @property
    def drawn(self) -> pd.DataFrame:
        """The rows with a bar; leads without a time have none."""
        return self.rows.dropna(subset=["period"])

    def days_of(self, begin: date) -> tuple[date, date]:
        """Return the first and last day of the bar that begins on a day."""
        return max(begin, self.first), min(grain_end(begin, self.grain), self.last)


def lead_bars(reader: Reader, filters: Filters, search: LeadSearch) -> LeadBars:
    """Count matching leads per bar; the period, not the search, decides the length of a bar."""
    first, last = _span(reader, filters)
    grain = grain_of(first, last)
    rows = reader.frame(
        "leads/per_period",
        {"period": DAY, "leads": COUNT},
        grain=grain,
        zone=filters.zone.key,
        **filters.binds,
        **search.binds,
    )
    partial = partial_periods(rows["period"], grain, filters)
    return LeadBars(grain, first, last, rows.assign(is_partial=partial))


def _span(reader: Reader, filters: Filters) -> tuple[date, date]:
    """Return the period's first and last local day; without a bound, those of its leads."""
    leads = leads_in_range(reader, filters)
    start = filters.start_at or leads.first_at
    end = filters.end_at - timedelta(microseconds=1) if filters.end_at else leads.last_at
    first = to_local(start, filters.zone).date() if start else date.min
    return first, to_local(end, filters.zone).date() if end else max(first, date.max)
