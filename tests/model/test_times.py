from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.times import (
    TimeError,
    day_end,
    day_start,
    end_moment,
    iso,
    moment,
    now,
    to_local,
    to_utc,
    wall_clock,
)

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    [UTC, BERLIN, NEW_YORK, *map(ZoneInfo, ["Asia/Kathmandu", "Australia/Lord_Howe", "Etc/GMT+12"])]
)
STORED = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31))


@given(stored=STORED, zone=ZONES)
def test_a_stored_time_comes_back_from_any_zone(stored: datetime, zone: ZoneInfo) -> None:
    assert to_utc(to_local(stored, zone), zone) == stored


@given(stored=STORED, shown_in=ZONES, typed_in=ZONES)
def test_a_time_with_its_offset_means_the_same_wherever_it_is_typed(
    stored: datetime, shown_in: ZoneInfo, typed_in: ZoneInfo
) -> None:
    assert moment(to_local(stored, shown_in).isoformat(), typed_in) == stored


@given(stored=STORED, zone=ZONES)
def test_what_is_written_as_iso_is_read_as_the_same_time(stored: datetime, zone: ZoneInfo) -> None:
    assert moment(iso(stored) or "", zone) == stored


def test_no_time_is_written_as_none() -> None:
    assert iso(None) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-01-26", datetime(2026, 1, 25, 23)),
        ("2026-01-26 02:30", datetime(2026, 1, 26, 1, 30)),
        ("2026-07-26T02:30:15.5", datetime(2026, 7, 26, 0, 30, 15, 500000)),
        ("2026-01-26 02:30Z", datetime(2026, 1, 26, 2, 30)),
        ("2026-01-26 02:30+05:30", datetime(2026, 1, 25, 21)),
        ("2026-01-26 02:30-05:00", datetime(2026, 1, 26, 7, 30)),
        ("  2026-01-26\n", datetime(2026, 1, 25, 23)),
    ],
)
def test_a_typed_time_is_local_unless_it_says_otherwise(typed: str, stored: datetime) -> None:
    assert moment(typed, BERLIN) == stored


def test_a_local_time_that_the_clock_skips_is_read_with_the_offset_before() -> None:
    assert moment("2026-03-29 02:30", BERLIN) == datetime(2026, 3, 29, 1, 30)


def test_a_local_time_that_comes_twice_is_the_first() -> None:
    assert moment("2026-10-25 02:30", BERLIN) == datetime(2026, 10, 25, 0, 30)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "yesterday",
        "26.01.2026",
        "2026-13-01",
        "2026-02-30",
        "2026-01-26 25:00",
        "10000-01-01",
        "2026-01-26 02:30 Berlin",
        "1769376031102",
        "２０２６-01-26",
        "\ud800",
        "\0",
    ],
)
def test_what_is_no_time_is_repeated_with_an_example(typed: str) -> None:
    with pytest.raises(TimeError, match="is no date or time; write it as 2026-01-26"):
        moment(typed, UTC)


@given(typed=st.text(max_size=30) | STORED.map(str), zone=ZONES)
def test_whatever_is_typed_is_a_time_without_zone_or_a_time_error(
    typed: str, zone: ZoneInfo
) -> None:
    for read in (moment, end_moment):
        with suppress(TimeError):
            assert read(typed, zone).tzinfo is None


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("0001-01-01", BERLIN),
        ("9999-12-31 23:59", NEW_YORK),
        ("0001-01-01 00:00Z", NEW_YORK),
        ("9999-12-31 23:59Z", BERLIN),
    ],
)
def test_a_time_that_exists_in_only_one_of_utc_and_zone_is_refused(
    typed: str, zone: ZoneInfo
) -> None:
    with pytest.raises(TimeError):
        moment(typed, zone)


# --- days ---


def test_a_date_alone_as_the_end_includes_the_whole_day() -> None:
    assert end_moment("2026-01-26", BERLIN) == datetime(2026, 1, 26, 23)


def test_a_time_as_the_end_excludes_itself() -> None:
    assert end_moment("2026-01-26 00:00", BERLIN) == datetime(2026, 1, 25, 23)


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    with pytest.raises(TimeError, match="9999-12-31 is past the last day"):
        end_moment("9999-12-31", UTC)
    assert end_moment("9999-12-30", UTC) == datetime(9999, 12, 31)


def test_the_first_day_of_the_calendar_may_begin_before_utc_does() -> None:
    assert day_start(date.min, UTC) == datetime.min
    with pytest.raises(TimeError, match="0001-01-01 is before the first day"):
        day_start(date.min, BERLIN)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 1, 26), 24)]
)
def test_a_day_is_as_long_as_the_local_clock_makes_it(day: date, hours: int) -> None:
    assert day_end(day, BERLIN) - day_start(day, BERLIN) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        # The clock skips midnight: the day begins at one.
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3)),
        # Midnight comes twice: the day begins with the first.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4)),
    ],
)
def test_a_day_whose_midnight_is_odd_begins_when_its_date_does(
    zone: str, day: date, begins: datetime
) -> None:
    assert day_start(day, ZoneInfo(zone)) == begins
    assert to_local(begins, ZoneInfo(zone)).date() == day
    assert to_local(begins - timedelta(microseconds=1), ZoneInfo(zone)).date() < day


def test_the_clock_is_utc_without_zone() -> None:
    assert now().tzinfo is None


def test_a_column_becomes_wall_clock_times_across_a_change_of_offset() -> None:
    stored = pd.Series(
        [datetime(2026, 3, 29, 0, 59, 59), datetime(2026, 3, 29, 1), None], dtype="datetime64[us]"
    )
    shown = wall_clock(stored, BERLIN)
    assert shown.dt.tz is None
    assert shown.iloc[:2].astype(str).tolist() == ["2026-03-29 01:59:59", "2026-03-29 03:00:00"]
    assert pd.isna(shown.iloc[2])
