"""The period that another one is compared with: which it is, and whether it can be."""

from dataclasses import replace
from datetime import datetime

from dashboard.funnel.question import QuestionError
from dashboard.model.filters import Filters, day_filters
from dashboard.model.periods import ONE_DAY
from dashboard.model.presets import BETWEEN
from dashboard.model.times import TimeError, end_moment, moment, to_local

PREVIOUS = "previous"


def previous_period(filters: Filters) -> Filters | None:
    """Return as many local days right before the period; None where it has no bounds or no room."""
    last = filters.last_day
    if filters.start_at is None or last is None:
        return None
    first = to_local(filters.start_at, filters.zone).date()
    try:
        begin = first - (last - first) - ONE_DAY
        return day_filters(begin, first - ONE_DAY, filters.as_of, filters.zone)
    except (OverflowError, TimeError):
        return None


def typed_period(given: str, filters: Filters) -> Filters:
    """Read `previous` or `FROM..TO` as the period to compare with.

    Raises TimeError, and QuestionError where the two can't be compared.
    """
    if given == PREVIOUS:
        other = previous_period(filters)
        if other is None:
            raise QuestionError("no period comes before this one: give both --from and --to")
        return comparable_period(filters, other)
    first, dots, last = given.partition(BETWEEN)
    if not (first and dots and last):
        raise QuestionError(f"{given!r} is no period: write FROM..TO or {PREVIOUS}")
    start, end = moment(first, filters.zone), end_moment(last, filters.zone)
    return comparable_period(filters, replace(filters, start_at=start, end_at=end))


def comparable_period(filters: Filters, other: Filters) -> Filters:
    """Return the other period; raises QuestionError where it overlaps or has not begun."""
    days, clock = days_of(other), filters.clock
    if overlap(filters, other):
        raise QuestionError(
            f"{days} overlaps {days_of(filters)}: choose days before or after it, so that nothing "
            "counts in both"
        )
    if _begins_by(clock, other.start_at):
        raise QuestionError(f"{days} lies in the future: choose days that have begun")
    return other


def overlap(filters: Filters, other: Filters) -> bool:
    """Whether a moment is in both periods: then some units count in both."""
    return not (
        _begins_by(filters.end_at, other.start_at) or _begins_by(other.end_at, filters.start_at)
    )


def days_of(filters: Filters) -> str:
    """Write a period's days, without the as-of time that all periods share."""
    return replace(filters, as_of=None).period


def _begins_by(end: datetime | None, start: datetime | None) -> bool:
    """Whether a period that begins at `start` does so at `end` or later."""
    return end is not None and start is not None and end <= start
