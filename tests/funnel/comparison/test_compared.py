"""Two shares compared: what differs, what could be chance, and how often chance is called more."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dashboard.funnel.comparison.compared import (
    CHANCE,
    HIGHER,
    LOWER,
    TOO_FEW_TO_COMPARE,
    TOO_YOUNG,
    UNTRACKED,
    Compared,
    compared,
    judged,
)
from dashboard.model.statistics import Proportion, difference, false_discovery_rates, plain_share

DAY = timedelta(days=1)
SHUFFLES = 5_000
Counts = tuple[int, int]


def counted(here: Counts, there: Counts) -> Compared:
    """Compare plain shares."""
    shares = plain_share(*here), plain_share(*there)
    return Compared(here[1], there[1], DAY, *shares)


def side(
    entered: int, observed: dict[timedelta, int], with_event: int | None = None
) -> pd.DataFrame:
    """Make what estimates() says of a stretch that a third of the units converted on."""
    return pd.DataFrame(
        [
            {
                "within_s": age.total_seconds(),
                "entered": entered,
                "with_event": entered if with_event is None else with_event,
                "observed": old,
                "enough": old >= 30 and 10 * old >= entered,
                "rate": 1 / 3,
                "estimated": True,
                "spread": 0.001,
            }
            for age, old in observed.items()
        ]
    )


def test_the_largest_age_that_both_have_enough_units_for_is_taken() -> None:
    here = side(400, {DAY: 400, 3 * DAY: 100, 7 * DAY: 39})
    there = side(50, {DAY: 50, 3 * DAY: 50, 7 * DAY: 50})
    found = compared(here, there)
    assert (found.n, found.other_n, found.within) == (400, 50, 3 * DAY)
    assert found.here == Proportion(1 / 3, 100, 0.001)


@pytest.mark.parametrize(
    ("here", "reason"),
    [
        (pd.DataFrame(), TOO_FEW_TO_COMPARE),
        (side(1, {DAY: 1}), TOO_FEW_TO_COMPARE),
        (side(29, {DAY: 29}), TOO_FEW_TO_COMPARE),
        (side(30, {DAY: 29}), TOO_YOUNG),
        (side(400, {DAY: 39}), TOO_YOUNG),
        (side(30, {DAY: 30}, with_event=14), UNTRACKED),
    ],
)
def test_without_enough_units_on_a_side_nothing_is_compared(
    here: pd.DataFrame, reason: str
) -> None:
    enough = side(30, {DAY: 30}, with_event=15)
    assert compared(enough, enough).verdict == CHANCE
    for found in (compared(here, enough), compared(enough, here)):
        assert (found.verdict, found.differs, found.probability) == (reason, None, None)
        assert found.figures["rate"] is None


def test_higher_lower_and_chance() -> None:
    higher, lower = counted((600, 1000), (500, 1000)), counted((200, 1000), (260, 1000))
    assert (higher.verdict, higher.differs) == (HIGHER, True)
    assert (lower.verdict, lower.differs) == (LOWER, True)
    assert counted((300, 1000), (300, 1000)).verdict == CHANCE
    assert lower.figures == {
        **{"within_s": 86400, "rate": 0.2, "other_rate": 0.26, "n": 1000, "other_n": 1000},
        "difference": pytest.approx(-0.06),
        **dict(zip(("low", "high"), difference(*_shares(lower)), strict=True)),
    }


def test_many_are_judged_together() -> None:
    """By itself the last one differs; among five it could be chance."""
    few = Compared(2, 40, reason=TOO_FEW_TO_COMPARE)
    rows = [
        counted((600, 1000), (500, 1000)),
        few,
        *[counted((300, 1000), (300, 1000))] * 3,
        counted((300, 1000), (342, 1000)),
    ]
    assert rows[-1].differs
    found = judged(rows)
    assert found["verdict"].tolist() == [HIGHER, TOO_FEW_TO_COMPARE, *[CHANCE] * 4]
    assert found["differs"].dropna().tolist() == [True, *[False] * 4]
    tested = found.dropna(subset="p")
    assert tested["q"].tolist() == false_discovery_rates(tested["p"].tolist())
    assert found.loc[1, ["rate", "difference", "q"]].isna().all()
    assert judged([]).empty


def _shares(found: Compared) -> tuple[Proportion, Proportion]:
    assert found.here
    assert found.there
    return found.here, found.there


@pytest.mark.parametrize(
    ("sizes", "rate", "censored"),
    [
        ((250, 200), 0.2, False),
        ((260, 220), 0.5, False),
        ((200, 200), 0.5, True),
        ((600, 200), 0.3, True),
        ((400, 400), 0.1, True),
    ],
)
def test_of_shuffled_units_it_is_said_of_one_in_twenty_that_they_differ(
    sizes: Counts, rate: float, censored: bool
) -> None:
    found = shuffled(sizes, rate, censored)
    assert len(found) == SHUFFLES
    assert 0.03 <= np.mean([bool(each.differs) for each in found]) <= 0.06


def shuffled(sizes: Counts, rate: float, censored: bool) -> list[Compared]:
    """Deal units out to two periods, over and over, and compare these within a day."""
    draw = np.random.default_rng(20260326)
    units = sum(sizes)
    converts = draw.random(units) < rate
    age = np.where(converts, draw.exponential(0.3, units).clip(max=1), np.inf)
    # Those of the last two days have not had the time yet, the younger the less.
    seen = draw.uniform(0, 2, units) if censored else np.full(units, np.inf)
    order = np.argsort(np.minimum(age, seen))
    first = draw.permuted(np.tile(np.arange(units) < sizes[0], (SHUFFLES, 1)), axis=1)
    sides = [
        proportions(part, (age <= seen)[order] & (age <= 1)[order], (seen >= 1)[order], censored)
        for part in (first, ~first)
    ]
    return [Compared(*sizes, DAY, *shares) for shares in zip(*sides, strict=True)]


def proportions(
    part: "np.ndarray[tuple[int, int], np.dtype[np.bool]]",
    converted: "np.ndarray[tuple[int], np.dtype[np.bool]]",
    observed: "np.ndarray[tuple[int], np.dtype[np.bool]]",
    censored: bool,
) -> list[Proportion]:
    """Estimate the share of each row's units; they stand in order of age.

    Units that convert one after the other give the sums of those that do so together.
    """
    at_risk = part[:, ::-1].cumsum(axis=1)[:, ::-1]
    steps = part & converted
    n = np.where(steps, at_risk, 2.0)
    left = np.where(steps, np.log(1 - 1 / n), 0).sum(axis=1)
    spread = np.where(steps, 1 / (n * (n - 1)), 0).sum(axis=1)
    old = (part & observed).sum(axis=1)
    return [
        Proportion(1 - float(np.exp(one)), int(units), float(wide) if censored else None)
        for one, units, wide in zip(left, old, spread, strict=True)
    ]
