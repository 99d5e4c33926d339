from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.formats import (
    UNKNOWN,
    age,
    count,
    counted,
    duration,
    exact_duration,
    percent,
    share,
)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")]
)
def test_thousands_are_separated(number: int, words: str) -> None:
    assert count(number) == words


def test_one_is_singular() -> None:
    assert [counted(number, "lead") for number in (0, 1, 2, 1000)] == [
        "0 leads",
        "1 lead",
        "2 leads",
        "1,000 leads",
    ]
    assert [counted(number, "loss", "losses") for number in (1, 2)] == ["1 loss", "2 losses"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50.0 %"),
        (0.1234, "12.3 %"),
        (0.001, "0.1 %"),
        (0.00099, "< 0.1 %"),
        (1e-9, "< 0.1 %"),
        (0.999, "99.9 %"),
        (0.99901, "> 99.9 %"),
        (1.5, "150.0 %"),
    ],
)
def test_a_share_is_written_in_percent(value: float, words: str) -> None:
    assert percent(value) == words


@given(whole=st.integers(1, 10**7), data=st.data())
def test_only_none_is_0_percent_and_only_all_is_100_percent(
    whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    assert (share(part, whole) == "0 %") == (part == 0)
    assert (share(part, whole) == "100 %") == (part == whole)
    assert share(part, whole) not in {"0.0 %", "100.0 %"}


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) == UNKNOWN


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=89), "89 s"),
        (timedelta(seconds=90), "2 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=90), "2 h"),
        (timedelta(hours=35), "35 h"),
        (timedelta(hours=36), "2 days"),
        (timedelta(days=30), "30 days"),
        (timedelta(days=4000), "4,000 days"),
        (timedelta(seconds=-40), "40 s"),
    ],
)
def test_a_length_of_time_has_its_largest_fitting_unit(length: timedelta, words: str) -> None:
    assert duration(length) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=51.5), "51.5 s"),
        (timedelta(seconds=59.94), "59.9 s"),
        (timedelta(seconds=59.96), "1 min 0.0 s"),
        (timedelta(hours=5, seconds=51.5), "5 h 0 min 51.5 s"),
        (timedelta(days=100), "2,400 h 0 min 0.0 s"),
        (timedelta(seconds=-0.1), "0.1 s"),
    ],
)
def test_an_exact_length_of_time_is_written_to_the_tenth(length: timedelta, words: str) -> None:
    assert exact_duration(length) == words


def test_an_age_says_on_which_side_of_the_clock_it_lies() -> None:
    clock = datetime(2026, 1, 26, 2, 30)
    assert age(clock - timedelta(minutes=5), clock) == "5 min before"
    assert age(clock + timedelta(hours=5), clock) == "5 h ahead"
    assert age(clock, clock) == "0 s before"
