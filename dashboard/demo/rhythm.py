"""When the history's visitors come: a weekly and daily rhythm, and slow growth; in UTC."""

from datetime import date, datetime, time, timedelta

from dashboard.demo.dice import Dice, Weighted
from dashboard.demo.visitors import AHEAD_OF_UTC, HOURS, WEEKDAYS

# The report's clock, 5 h ahead of UTC, ends at 02:30 of this day. Later rows are in UTC.
HISTORY_START = datetime(2026, 1, 26, 8)
AT_FIRST = 32.0
AFTER_TEN_MONTHS = 48.0
TEN_MONTHS = timedelta(days=302)

# The visitors' wall clocks are as far behind UTC as the report's was ahead.
HOUR_OF_DAY = Weighted(
    {(hour + AHEAD_OF_UTC // timedelta(hours=1)) % 24: weight for hour, weight in enumerate(HOURS)}
)


def progress(day: date) -> float:
    """Return the progress of slow change: 0 on the first day, 1 from ten months later on."""
    return min(1.0, (day - HISTORY_START.date()) / TEN_MONTHS)


def moments(dice: Dice, day: date) -> list[datetime]:
    """Draw when visitors submit a website on this day, in order."""
    drawn = [_moment(dice, day) for _ in range(_number(dice, day))]
    return sorted(moment for moment in drawn if moment >= HISTORY_START)


def _number(dice: Dice, day: date) -> int:
    usual = AT_FIRST + (AFTER_TEN_MONTHS - AT_FIRST) * progress(day)
    weekday = WEEKDAYS[day.weekday()] * 7 / sum(WEEKDAYS)
    return round(usual * weekday * dice.between(0.88, 1.12))


def _moment(dice: Dice, day: date) -> datetime:
    hour = timedelta(hours=dice.weighted(HOUR_OF_DAY))
    return datetime.combine(day, time()) + hour + dice.seconds(0, 3600)
