"""The periods that figures are shown by: days, weeks (from Monday) and months."""

from calendar import monthrange
from datetime import date, time, timedelta
from typing import Any, Literal, get_args

import pandas as pd

from dashboard.model.filters import Filters
from dashboard.model.times import to_local

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = get_args(Grain)
# The grains as pandas' periods; its weeks begin on Monday, too.
PERIOD_UNITS: dict[Grain, str] = {"day": "D", "week": "W", "month": "M"}
# With more days or weeks than these, bars are too narrow to click.
MOST_DAYS, MOST_WEEKS = 92, 104
ONE_HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
# The unit of Plotly's date axes.
DAY_MILLISECONDS = 86_400_000


def grain_of(first: date, last: date) -> Grain:
    """Return the finest grain whose bars can be clicked over a span, both days included."""
    days = (last - first).days + 1
    if days <= MOST_DAYS:
        return "day"
    return "week" if days <= 7 * MOST_WEEKS else "month"


def grain_end(begin: date, grain: Grain) -> date:
    """Return the last day of the day, week or month that begins on a day."""
    if grain == "month":
        return begin.replace(day=monthrange(begin.year, begin.month)[1])
    return begin + timedelta(days=6) if grain == "week" else begin


def is_over(begin: date, grain: Grain, day: date) -> bool:
    """Tell whether the day, week or month that begins on a day has ended before another day."""
    return begin < day and grain_end(begin, grain) < day


def is_partial(begin: date, grain: Grain, filters: Filters) -> bool:
    """Tell whether a part of a period lies before the range's start, or after its end or the clock.

    Its counts are too low. No chart may draw them as those of a whole period: it would show a drop.
    """
    until = min(filters.clock, filters.end_at or filters.clock)
    is_cut = filters.start_at is not None and begin < _first_whole_day(filters)
    return is_cut or not is_over(begin, grain, to_local(until, filters.zone).date())


def partial_periods(begins: "pd.Series[Any]", grain: Grain, filters: Filters) -> "pd.Series[bool]":
    """Tell of a column of first days which periods are partial; a missing day is none."""
    partial = [pd.notna(each) and is_partial(each.date(), grain, filters) for each in begins]
    return pd.Series(partial, index=begins.index, dtype=bool)


def _first_whole_day(filters: Filters) -> date:
    """Return the first local day that the range has the whole of."""
    start = to_local(filters.start_at or filters.clock, filters.zone)
    return start.date() + (timedelta() if start.time() == time.min else ONE_DAY)
