"""The period to compare with: the previous one, a typed one, and those that are refused."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.funnel.comparison.periods import (
    comparable_period,
    days_of,
    overlap,
    previous_period,
    typed_period,
)
from dashboard.funnel.question import QuestionError
from dashboard.model.filters import Filters
from dashboard.model.times import TimeError

MARCH = Filters(datetime(2026, 3, 1), datetime(2026, 4, 1), datetime(2026, 4, 10, 12))
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_previous_period_has_as_many_local_days() -> None:
    previous = previous_period(MARCH)
    assert previous is not None
    assert days_of(previous) == "2026-01-29 to 2026-02-28"
    assert (previous.end_at, previous.as_of) == (MARCH.start_at, MARCH.as_of)
    # The clocks change on 29 March: one of these days has 23 hours.
    local = Filters(datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22), zone=BERLIN)
    before = previous_period(local)
    assert before is not None
    assert (before.start_at, before.end_at) == (datetime(2026, 3, 27, 23), local.start_at)
    assert previous_period(Filters()) is None
    assert previous_period(Filters(datetime(1, 1, 2), datetime(2026, 1, 1))) is None


def test_periods_overlap_or_meet() -> None:
    previous = previous_period(MARCH)
    assert previous is not None
    assert not overlap(MARCH, previous)
    assert not overlap(previous, MARCH)
    assert overlap(MARCH, Filters())
    assert overlap(MARCH, Filters(datetime(2026, 3, 31, 23)))
    assert overlap(Filters(end_at=datetime(2026, 3, 2)), MARCH)


def test_a_typed_period_is_that_of_days_or_times() -> None:
    assert typed_period("previous", MARCH) == previous_period(MARCH)
    assert typed_period("2026-02-01..2026-02-28", MARCH) == Filters(
        datetime(2026, 2, 1), datetime(2026, 3, 1), MARCH.as_of
    )
    # Later days are another period, too, once they have begun.
    later = typed_period("2026-04-10 06:00..2026-04-30", MARCH)
    assert later.start_at == datetime(2026, 4, 10, 6)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("last", "'last' is no period: write FROM..TO or previous"),
        ("2026-02-01..", "is no period: write FROM..TO"),
        ("..2026-02-01", "is no period: write FROM..TO"),
        (
            "2026-02-01..2026-03-01",
            "2026-02-01 to 2026-03-01 overlaps 2026-03-01 to 2026-03-31: choose days before",
        ),
        ("2026-03-01..2026-03-31", "overlaps"),
        ("2026-04-10 12:00..2026-04-30", "lies in the future: choose days that have begun"),
        ("2999-01-01..2999-01-31", "lies in the future"),
    ],
)
def test_what_can_not_be_compared_is_refused(given: str, fault: str) -> None:
    with pytest.raises(QuestionError, match=re.escape(fault)):
        typed_period(given, MARCH)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(TimeError, match="is no date"):
        typed_period("2026-02-30..2026-03-01", MARCH)
    with pytest.raises(TimeError, match="exchange the two"):
        typed_period("2026-02-20..2026-02-10", MARCH)


def test_a_period_without_bounds_has_none_before_it() -> None:
    with pytest.raises(QuestionError, match="give both --from and --to"):
        typed_period("previous", Filters())
    with pytest.raises(QuestionError, match="overlaps all time"):
        comparable_period(Filters(), MARCH)
