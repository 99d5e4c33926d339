"""The periods that figures are shown by: days, weeks (from Monday) and months."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, get_args

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
