"""Which days, weeks and months are partial: not over, or only partly in the range."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.filters import Filters, day_filters
from dashboard.model.periods import GRAINS, PERIOD_UNITS, Grain, is_partial, partial_periods
from dashboard.model.times import day_end, day_start
from dashboard.settings import UTC_ZONE

MONDAY = date(2026, 3, 2)
THURSDAY_NOON = datetime(2026, 3, 5, 12)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("begin", "grain", "expected"),
    [
        (date(2026, 3, 5), "day", True),
        (date(2026, 3, 4), "day", False),
        (date(2026, 3, 6), "day", True),
        (MONDAY, "week", True),
        (date(2026, 2, 23), "week", False),
        (date(2026, 3, 1), "month", True),
        (date(2026, 2, 1), "month", False),
        # The last weeks of the calendar end beyond it.
        (date(9999, 12, 27), "week", True),
    ],
)
def test_a_period_that_contains_the_clock_is_partial(
    begin: date, grain: Grain, expected: bool
) -> None:
    assert is_partial(begin, grain, Filters(as_of=THURSDAY_NOON)) is expected


def test_a_day_is_over_at_midnight_of_the_workspace_zone() -> None:
    midnight = Filters(as_of=datetime(2026, 3, 5, 5), zone=NEW_YORK)
    assert not is_partial(date(2026, 3, 4), "day", midnight)
    before = Filters(as_of=datetime(2026, 3, 5, 4, 59, 59), zone=NEW_YORK)
    assert is_partial(date(2026, 3, 4), "day", before)


def test_a_week_that_the_range_cuts_is_partial_at_both_ends() -> None:
    cut = day_filters(date(2026, 3, 4), date(2026, 3, 17), datetime(2026, 6, 1), UTC_ZONE)
    weeks = [MONDAY + timedelta(weeks=n) for n in range(3)]
    assert [is_partial(each, "week", cut) for each in weeks] == [True, False, True]
    hours = Filters(datetime(2026, 3, 4, 6), datetime(2026, 3, 6), datetime(2026, 6, 1))
    days = [date(2026, 3, 4), date(2026, 3, 5)]
    assert [is_partial(each, "day", hours) for each in days] == [True, False]


def test_periods_without_a_day_are_not_partial() -> None:
    begins = pd.Series([pd.Timestamp(MONDAY), pd.NaT], index=[4, 7])
    found = partial_periods(begins, "week", Filters(as_of=THURSDAY_NOON))
    assert found.to_dict() == {4: True, 7: False}


@given(
    day=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    span=st.tuples(st.dates(date(2025, 6, 1), date(2026, 6, 1)), st.integers(0, 400)),
    clock=st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1)),
    grain=st.sampled_from(GRAINS),
    zone=st.sampled_from([UTC_ZONE, NEW_YORK, ZoneInfo("Asia/Kathmandu")]),
)
def test_whole_is_what_the_range_and_the_clock_have_all_of(
    day: date, span: tuple[date, int], clock: datetime, grain: Grain, zone: ZoneInfo
) -> None:
    first, days = span
    filters = day_filters(first, first + timedelta(days=days), clock, zone)
    begin = pd.Timestamp(day).to_period(PERIOD_UNITS[grain])
    starts = day_start(begin.start_time.date(), zone)
    ends = day_end(begin.end_time.date(), zone)
    assert filters.start_at
    assert filters.end_at
    whole = starts >= filters.start_at and ends <= min(filters.end_at, clock)
    assert is_partial(begin.start_time.date(), grain, filters) is not whole
