"""Intervals of shares and their differences: published values, and what holds for any counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.statistics import difference, wilson

WHOLE = st.integers(1, 10**12)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    whole = draw(WHOLE)
    return draw(st.integers(0, whole)), whole


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 857–872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=0.00005)


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None


@given(whole=WHOLE, data=st.data())
def test_an_interval_lies_around_its_share_within_0_and_1(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    interval = wilson(part, whole)
    assert interval is not None
    assert 0 <= interval[0] <= part / whole <= interval[1] <= 1


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 873–890, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_published_intervals_of_differences(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert difference(*first, *second) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize("empty", [(0, 0, 1, 2), (1, 2, 0, 0), (0, 0, 0, 0)])
def test_without_both_there_is_no_difference(empty: tuple[int, int, int, int]) -> None:
    assert difference(*empty) is None


@given(first=shares(), second=shares())
def test_an_interval_lies_around_its_difference_within_1_of_0(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    interval = difference(*first, *second)
    assert interval is not None
    between = first[0] / first[1] - second[0] / second[1]
    assert -1 <= interval[0] <= between <= interval[1] <= 1


@given(first=shares(), second=shares())
def test_a_difference_the_other_way_round_is_its_negative(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    there, back = difference(*first, *second), difference(*second, *first)
    assert there is not None
    assert back == pytest.approx((-there[1], -there[0]), abs=1e-12)


@given(share=shares(), times=st.integers(2, 1000))
def test_more_of_the_same_make_it_no_wider(share: tuple[int, int], times: int) -> None:
    few = difference(*share, *share)
    many = difference(*(times * count for count in (*share, *share)))
    assert few is not None
    assert many is not None
    assert few[0] - 1e-12 <= many[0] <= 0 <= many[1] <= few[1] + 1e-12
