"""The presets of the date menu, and the links that keep their days or follow the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.presets import (
    ALL_TIME,
    Days,
    dated,
    linked_days,
    old_linked_period,
    preset_days,
    preset_label,
    preset_named,
)
from dashboard.model.times import TimeError, day_end, day_start
from tests.examples import examples
from tests.model.test_filters import BERLIN, NEW_YORK, UTC, ZONES

PRESETS = [*preset_days(datetime(2026, 1, 26), UTC)]
CLOCKS = st.datetimes(datetime(1901, 1, 1), datetime(2998, 12, 31))


def days(first: str, last: str) -> Days:
    return date.fromisoformat(first), date.fromisoformat(last)


# --- the days of each preset ---


def test_the_days_of_each_preset_in_the_order_of_the_menu() -> None:
    assert preset_days(datetime(2026, 11, 26, 12), UTC) == {
        "today": days("2026-11-26", "2026-11-26"),
        "yesterday": days("2026-11-25", "2026-11-25"),
        "7 days": days("2026-11-20", "2026-11-26"),
        "30 days": days("2026-10-28", "2026-11-26"),
        "90 days": days("2026-08-29", "2026-11-26"),
        "last week": days("2026-11-16", "2026-11-22"),
        "this month": days("2026-11-01", "2026-11-26"),
        "last month": days("2026-10-01", "2026-10-31"),
        "latest closed 30 days": days("2026-09-27", "2026-10-26"),
    }


@pytest.mark.parametrize(
    ("clock", "zone", "today"),
    [
        (datetime(2026, 1, 26, 22, 59, 59, 999999), BERLIN, "2026-01-26"),
        (datetime(2026, 1, 26, 23), BERLIN, "2026-01-27"),
        (datetime(2026, 1, 26, 4, 59), NEW_YORK, "2026-01-25"),
    ],
)
def test_every_preset_turns_at_local_midnight(clock: datetime, zone: ZoneInfo, today: str) -> None:
    noon = datetime.fromisoformat(f"{today} 12:00")
    found, at_noon = preset_days(clock, zone), preset_days(noon, UTC)
    # The newest closed window ends at the clock's time of day.
    closed = PRESETS[-1]
    assert {**found, closed: ()} == {**at_noon, closed: ()}


@pytest.mark.parametrize("clock", ["2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26"])
def test_days_around_a_clock_change_are_whole_local_days(clock: str) -> None:
    first, last = preset_days(datetime.fromisoformat(f"{clock} 12:00"), BERLIN)["7 days"]
    assert (last - first).days == 6
    length = day_end(last, BERLIN) - day_start(first, BERLIN)
    assert length == timedelta(days=7, hours=-1 if clock < "2026-06" else 1)


@pytest.mark.parametrize(
    ("clock", "last_month"),
    [
        ("2024-03-01", ("2024-02-01", "2024-02-29")),
        ("2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", ("2025-12-01", "2025-12-31")),
        ("2026-12-31", ("2026-11-01", "2026-11-30")),
    ],
)
def test_a_month_ends_on_its_own_last_day(clock: str, last_month: tuple[str, str]) -> None:
    found = preset_days(datetime.fromisoformat(clock), UTC)
    assert found["last month"] == days(*last_month)
    assert found["this month"] == days(f"{clock[:7]}-01", clock)


@pytest.mark.parametrize(
    ("clock", "last_week"),
    [
        ("2026-11-22", ("2026-11-09", "2026-11-15")),
        ("2026-11-23", ("2026-11-16", "2026-11-22")),
        ("2026-01-01", ("2025-12-22", "2025-12-28")),
    ],
)
def test_a_week_begins_on_monday(clock: str, last_week: tuple[str, str]) -> None:
    assert preset_days(datetime.fromisoformat(clock), UTC)["last week"] == days(*last_week)


@given(CLOCKS, ZONES)
@examples(300)
def test_the_latest_closed_days_are_the_newest_of_which_every_window_is_closed(
    clock: datetime, zone: ZoneInfo
) -> None:
    first, last = preset_days(clock, zone)[PRESETS[-1]]
    assert (last - first).days == 29
    assert day_end(last, zone) + DEFAULT_WINDOW <= clock
    assert day_end(last + timedelta(days=1), zone) + DEFAULT_WINDOW > clock


# --- links ---


@given(st.sampled_from(PRESETS), CLOCKS, CLOCKS, ZONES)
@examples(300)
def test_a_dated_link_shows_the_same_days_whenever_it_is_opened(
    preset: str, made: datetime, opened: datetime, zone: ZoneInfo
) -> None:
    assert linked_days(dated(preset, made, zone), opened, zone) == preset_days(made, zone)[preset]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_rolling_link_follows_the_clock(preset: str) -> None:
    now, later = datetime(2026, 11, 26, 12), datetime(2026, 12, 27, 12)
    assert linked_days(preset, now, UTC) == preset_days(now, UTC)[preset]
    assert linked_days(preset, later, UTC) == preset_days(later, UTC)[preset]
    assert linked_days(preset, now, UTC) != linked_days(preset, later, UTC)


def test_all_time_has_no_days() -> None:
    clock = datetime(2026, 1, 26)
    assert dated(ALL_TIME, clock, UTC) == ALL_TIME
    assert linked_days(ALL_TIME, clock, UTC) is None


@pytest.mark.parametrize(
    "period",
    [
        "",
        "banana",
        "2026-01-01",
        "2026-01-01..",
        "2026-02-30..2026-03-01",
        "1899-12-31..2026-01-01",
        "2026-01-01..3000-01-01",
    ],
)
def test_a_period_that_cant_be_read_is_refused(period: str) -> None:
    with pytest.raises(TimeError):
        linked_days(period, datetime(2026, 1, 26), UTC)


@pytest.mark.parametrize(
    ("link", "period"),
    [
        ({"range": "7 days"}, "7 days"),
        ({"range": "all time"}, "all time"),
        ({"range": "7 days", "from": "2026-01-01"}, "7 days"),
        ({"range": "custom range"}, "2025-12-28..2026-01-26"),
        (
            {"range": "custom range", "from": "2026-01-02", "to": "2026-01-01"},
            "2026-01-02..2026-01-01",
        ),
        ({"from": "2026-01-02"}, "2026-01-02..2026-01-26"),
        ({"range": "custom range", "from": "banana"}, "2025-12-28..2026-01-26"),
        ({"range": "banana"}, None),
        ({"as_of": "2026-01-26T02:30"}, None),
    ],
)
def test_an_old_link_keeps_its_meaning(link: dict[str, str], period: str | None) -> None:
    assert old_linked_period(link, datetime(2026, 1, 26, 12), UTC) == period


# --- words ---


@pytest.mark.parametrize("preset", [*PRESETS, ALL_TIME])
def test_days_are_named_by_the_preset_that_has_them(preset: str) -> None:
    clock = datetime(2026, 11, 26, 12)
    assert preset_named(linked_days(preset, clock, UTC), clock, UTC) == preset
    assert preset_named(days("2026-11-26", "2026-11-27"), clock, UTC) is None


def test_the_menu_says_last_where_a_preset_is_a_number_of_days() -> None:
    assert [*map(preset_label, ["7 days", "last week", "all time"])] == [
        "Last 7 days",
        "Last week",
        "All time",
    ]
