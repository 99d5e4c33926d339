from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.filters import (
    Filters,
    day_filters,
    typed_filters,
)
from dashboard.model.times import TimeError, to_local

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    [
        UTC,
        BERLIN,
        NEW_YORK,
        *map(
            ZoneInfo,
            ["Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana"],
        ),
    ]
)
DATES = st.dates(date(1990, 1, 1), date(2037, 12, 31))


def contains(filters: Filters, stored: datetime) -> bool:
    return (filters.start_at is None or filters.start_at <= stored) and (
        filters.end_at is None or stored < filters.end_at
    )


@given(
    days=st.tuples(DATES, DATES).map(sorted),
    stored=st.datetimes(datetime(1989, 12, 30), datetime(2038, 1, 3)),
    zone=ZONES,
)
def test_a_time_is_in_a_range_of_days_if_its_local_date_is(
    days: list[date], stored: datetime, zone: ZoneInfo
) -> None:
    first, last = days
    found = contains(day_filters(first, last, None, zone), stored)
    assert found == (first <= to_local(stored, zone).date() <= last)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_the_day_of_a_clock_change_is_looked_at_whole(day: date, hours: int) -> None:
    filters = day_filters(day, day, None, BERLIN)
    assert filters.start_at
    assert filters.end_at
    assert filters.end_at - filters.start_at == timedelta(hours=hours)
    assert filters.period == day.isoformat()


# --- typed ---


def test_typed_dates_include_both_days() -> None:
    filters = typed_filters("2026-01-25", "2026-01-26", None, BERLIN)
    assert filters.binds == {
        "start_at": datetime(2026, 1, 24, 23),
        "end_at": datetime(2026, 1, 26, 23),
        "as_of": None,
    }


def test_a_typed_as_of_is_a_moment_even_as_a_date_alone() -> None:
    assert typed_filters(None, None, "2026-01-26", BERLIN).as_of == datetime(2026, 1, 25, 23)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_typed_is_all_time(nothing: str | None) -> None:
    assert typed_filters(nothing, nothing, nothing, UTC) == Filters(zone=UTC)


def test_the_jsons_bounds_are_exact_and_in_utc() -> None:
    filters = typed_filters("2026-01-25 12:00:00.5", "2026-01-26", None, BERLIN)
    assert filters.as_json() == {
        "from": "2026-01-25T11:00:00.500000Z",
        "to": "2026-01-26T23:00:00Z",
    }
    assert Filters().as_json() == {"from": None, "to": None}


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(TimeError, match="exchange the two"):
        typed_filters("2026-02-01", "2026-01-01", None, BERLIN)


@pytest.mark.parametrize("start", ["2026-01-02 00:00", "2026-01-02"])
def test_a_range_that_ends_as_it_begins_is_refused_and_exchanging_is_not_advised(
    start: str,
) -> None:
    with pytest.raises(TimeError, match="The range is empty"):
        typed_filters(start, "2026-01-02 00:00", None, BERLIN)


def test_a_reversed_range_is_repeated_as_it_was_typed() -> None:
    with pytest.raises(TimeError, match="on 2026-02-01, after it ends on 2026-01-01"):
        typed_filters("2026-02-01", "2026-01-01", None, BERLIN)


def test_a_range_of_a_microsecond_is_one() -> None:
    assert typed_filters("2026-01-02 00:00", "2026-01-02 00:00:00.000001", None, UTC).end_at


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("0001-01-02 00:00Z", "0001-01-01 00:00Z", NEW_YORK),
        ("9999-12-31 23:00Z", "9999-12-31 22:00Z", BERLIN),
        ("0001-01-01", None, BERLIN),
        (None, "9999-12-31", UTC),
    ],
)
def test_the_calendars_ends_are_refused_in_words(
    start: str | None, end: str | None, zone: ZoneInfo
) -> None:
    with pytest.raises(TimeError):
        typed_filters(start, end, None, zone)


def test_the_calendars_ends_are_refused_as_days_too() -> None:
    with pytest.raises(TimeError):
        day_filters(date.min, None, None, BERLIN)
    with pytest.raises(TimeError):
        day_filters(None, date.max, None, UTC)


def test_from_1900_to_2999_is_a_range() -> None:
    assert typed_filters("1900-01-01", "2999-12-31", None, UTC).period == "1900-01-01 to 2999-12-31"


# --- in words ---


@pytest.mark.parametrize(
    ("start", "end", "as_of", "words"),
    [
        ("2026-01-01", "2026-01-31", None, "2026-01-01 to 2026-01-31"),
        ("2026-01-01", "2026-01-01", None, "2026-01-01"),
        ("2026-01-01 10:00", "2026-01-01 11:00", None, "2026-01-01"),
        ("2026-01-01", None, None, "since 2026-01-01"),
        (None, "2026-01-31", None, "until 2026-01-31"),
        (None, "2026-02-01 00:00", None, "until 2026-01-31"),
        (None, None, None, "all time"),
        (None, None, "2026-01-26 02:30", "all time, as of 2026-01-26 02:30"),
        ("2026-01-01", None, "2026-01-26", "since 2026-01-01, as of 2026-01-26 00:00"),
    ],
)
@pytest.mark.parametrize("zone", [UTC, BERLIN, NEW_YORK], ids=str)
def test_the_period_names_the_days_as_they_were_typed(
    start: str | None, end: str | None, as_of: str | None, words: str, zone: ZoneInfo
) -> None:
    assert typed_filters(start, end, as_of, zone).period == words
