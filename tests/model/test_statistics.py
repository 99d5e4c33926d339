"""Intervals of shares and their differences: published values, and what holds for any counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model.statistics import (
    Proportion,
    chance,
    difference,
    false_discovery_rates,
    fisher,
    plain_share,
    wilson,
)

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
    assert between(first, second) == pytest.approx((low, high), abs=0.00005)


def between(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    return difference(proportion(first), proportion(second))


def proportion(counts: tuple[int, int]) -> Proportion:
    share = plain_share(*counts)
    assert share
    return share


def test_nothing_has_no_share() -> None:
    assert plain_share(0, 0) is None


@given(first=shares(), second=shares())
def test_an_interval_lies_around_its_difference_within_1_of_0(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    interval = between(first, second)
    by = first[0] / first[1] - second[0] / second[1]
    assert -1 <= interval[0] <= by <= interval[1] <= 1


@given(first=shares(), second=shares())
def test_a_difference_the_other_way_round_is_its_negative(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    there, back = between(first, second), between(second, first)
    assert back == pytest.approx((-there[1], -there[0]), abs=1e-12)


@given(share=shares(), times=st.integers(2, 1000))
def test_more_of_the_same_make_it_no_wider(share: tuple[int, int], times: int) -> None:
    few = between(share, share)
    larger = (times * share[0], times * share[1])
    many = between(larger, larger)
    assert few[0] - 1e-12 <= many[0] <= 0 <= many[1] <= few[1] + 1e-12


@given(first=shares(), second=shares())
def test_a_difference_is_improbable_exactly_where_its_interval_leaves_out_zero(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    low, high = between(first, second)
    p = chance(proportion(first), proportion(second))
    assert 0 <= p <= 1
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (not low <= 0 <= high)


def test_an_estimated_share_has_greenwoods_interval_and_at_0_and_1_wilsons() -> None:
    from scipy.stats import CensoredData, ecdf

    # Of 6 units one converts while 6 are in progress, one while 3 are.
    left = ecdf(CensoredData(uncensored=[1, 2], right=[1.5, 1.5, 3, 3])).sf
    ends = left.confidence_interval(method="log-log")
    found = Proportion(1 - 5 / 6 * 2 / 3, 6, 1 / 30 + 1 / 6)
    assert found.share == pytest.approx(1 - left.evaluate(2))
    assert found.interval() == pytest.approx((1 - ends.high.evaluate(2), 1 - ends.low.evaluate(2)))
    for end in (0.0, 1.0):
        assert Proportion(end, 20, 0.0).interval() == wilson(int(end * 20), 20)


def test_false_discovery_rates_are_those_of_benjamini_and_hochberg() -> None:
    # Table 1 of their paper's example: at 5 % the four smallest are found.
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240),
        *(0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]
    assert [rate <= 0.05 for rate in false_discovery_rates(chances)] == [True] * 4 + [False] * 11
    assert false_discovery_rates(chances[::-1]) == false_discovery_rates(chances)[::-1]
    assert false_discovery_rates([]) == []


@given(chances=st.lists(st.floats(0, 1), min_size=1))
def test_false_discovery_rates_agree_with_scipy(chances: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert false_discovery_rates(chances) == pytest.approx([*false_discovery_control(chances)])


@pytest.mark.parametrize(
    ("one", "other", "p"),
    # Fisher's own example, the tea; and what no table can tell apart.
    [
        ((3, 4), (1, 4), 34 / 70),
        ((4, 4), (0, 4), 2 / 70),
        ((0, 5), (0, 9), 1.0),
        ((5, 5), (9, 9), 1.0),
        ((1, 1), (0, 1), 1.0),
    ],
)
def test_fishers_exact_test(one: tuple[int, int], other: tuple[int, int], p: float) -> None:
    assert fisher(*one, *other) == pytest.approx(p, abs=1e-12)
    assert fisher(*other, *one) == pytest.approx(p, abs=1e-12)


SIZES = st.one_of(st.integers(1, 40), st.integers(1, 10**6))


@st.composite
def similar_shares(draw: st.DrawFn) -> tuple[tuple[int, int], tuple[int, int]]:
    """Draw two shares that a test may or may not tell apart."""
    whole, other = draw(SIZES), draw(SIZES)
    share = draw(st.floats(0, 1))
    by = draw(st.floats(-4, 4)) * (share * (1 - share) * (1 / whole + 1 / other)) ** 0.5
    there = min(max(share + by, 0), 1)
    return (round(share * whole), whole), (round(there * other), other)


@given(pair=similar_shares())
def test_fishers_exact_test_agrees_with_scipy(
    pair: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    from scipy.stats import fisher_exact

    (part, whole), (other_part, other_whole) = pair
    table = [[part, whole - part], [other_part, other_whole - other_part]]
    found = fisher(part, whole, other_part, other_whole)
    assert found == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)


def test_parts_that_are_equally_probable_count_though_rounding_parts_them() -> None:
    # Of equal wholes, 1,000 more and 1,000 fewer are equally probable: both ends count.
    from scipy.stats import hypergeom

    found = fisher(251_000, 500_000, 250_000, 500_000)
    above = float(hypergeom.sf(250_999, 10**6, 501_000, 500_000))
    assert found == pytest.approx(2 * above, rel=1e-6)


def test_what_no_float_holds_is_zero() -> None:
    assert fisher(900_000, 10**6, 100_000, 10**6) == 0.0
