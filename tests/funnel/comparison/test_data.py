"""Two periods of stored rows compared at equal age, against counts and estimates made apart."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf, sqrt
from random import Random
from typing import Any
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from dashboard.funnel.comparison.compared import CHANCE, LOWER, TOO_FEW_TO_COMPARE, TOO_YOUNG
from dashboard.funnel.comparison.data import (
    HERE_ONLY,
    NOT_IN_BOTH,
    OTHER_CHAIN,
    OTHER_VALUES,
    UNRECORDED,
    PeriodComparison,
    ask_both,
    compare,
    one_sided,
)
from dashboard.funnel.conversion.ages import listed_ages
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.model.statistics import wilson
from tests.conftest import Parameters
from tests.examples import examples
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, reading, store
from tests.matching.oracle import Lead

STEPS = tuple(PLAN.names[:4])
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THERE, HERE, END = datetime(2026, 3, 9), datetime(2026, 3, 16), datetime(2026, 3, 23)
PERIODS = (Filters(HERE, END), Filters(THERE, HERE))
# Few distinct ages, so that many are tied with each other and with the ages to choose from.
GAPS = [timedelta(), 30 * MINUTE, HOUR, HOUR + MINUTE, 12 * HOUR, DAY, 3 * DAY, 5 * DAY]
# A unit: when it reached each step that it reached.
Unit = tuple[datetime, ...]
# An age, and whether the unit converted at it; where not, it was last seen at that age.
Life = tuple[float, bool]


def drawn(draw: Random, begin: datetime) -> list[Unit]:
    """Draw the units of one period."""
    goes_on = draw.choice([0.5, 0.8, 0.9])
    units = []
    for _ in range(draw.choice([25, 60, 150])):
        times = [begin + draw.randrange(7 * 24 * 60) * MINUTE]
        while len(times) < len(STEPS) and draw.random() < goes_on:
            times.append(times[-1] + draw.choice(GAPS))
        units.append(tuple(times))
    return units


def write(parameters: Parameters, units: Sequence[Unit], sources: Sequence[str] = ()) -> None:
    """Store one lead a unit, with the events of its steps, and its lead source if given."""
    leads, events = [], []
    for number, times in enumerate(units, 1):
        lead = UUID(int=number)
        leads.append(Lead(lead, times[0], None, f"w{number}.example", None, False, None))
        events += [Event(step, at, lead, None) for step, at in zip(STEPS, times, strict=False)]
    store(parameters, leads, events, **{str(UUID(int=n)): s for n, s in enumerate(sources, 1)})


def compared_in(
    parameters: Parameters,
    clock: datetime,
    within: timedelta | None = None,
    to: str | None = None,
    **question: Any,
) -> PeriodComparison:
    """Compare the two periods in the database."""
    asked = FunnelQuestion("matched", steps=STEPS, **question)
    with reading(parameters) as reader:
        here, there = (
            prepare_funnel(
                reader, Filters(each.start_at, each.end_at, clock), PLAN, asked, pairing=PAIRING
            )
            for each in PERIODS
        )
        return compare(ask_both(reader, here.filters, here, there, to, within), within)


# --- an oracle ---


def lives(
    units: Sequence[Unit], pair: tuple[int, int], window: timedelta | None, clock: datetime
) -> list[tuple[float, Life]]:
    """Follow each unit on the step before: for how long it was seen, and its life."""
    found = []
    for times in units:
        last = times[0] + window if window else datetime.max
        known = [at for at in times if at <= last and at < clock]
        if len(known) <= pair[0]:
            continue
        entered = known[pair[0]]
        over = last <= clock
        seen = inf if over else (clock - entered).total_seconds()
        if len(known) > pair[1]:
            found.append((seen, ((known[pair[1]] - entered).total_seconds(), True)))
        else:
            found.append((seen, (seen, False)))
    return found


def estimated(found: list[tuple[float, Life]], age: float) -> tuple[float, float, float]:
    """Return the share that converts within an age, and its interval."""
    converted = [at for _, (at, done) in found if done]
    if all(seen == inf for seen, _ in found):
        part = sum(at <= age for at in converted)
        return (part / len(found), *_wilson(part, len(found)))
    # Longer than anyone is seen for.
    censored = [min(at, 1e9) for _, (at, done) in found if not done]
    left = ecdf(CensoredData(uncensored=converted or [2e9], right=censored)).sf
    share = 1 - float(left.evaluate(age))
    if share in (0.0, 1.0):
        observed = sum(seen >= age for seen, _ in found)
        return (share, *_wilson(round(share) * observed, observed))
    ends = left.confidence_interval(method="log-log")
    return share, 1 - float(ends.high.evaluate(age)), 1 - float(ends.low.evaluate(age))


def _wilson(part: int, whole: int) -> tuple[float, float]:
    interval = wilson(part, whole)
    assert interval
    return interval


def ages_of(found: list[tuple[float, Life]], window: timedelta | None) -> set[float]:
    """Return the listed ages that enough units are old enough for."""
    ages = [each.total_seconds() for each in listed_ages(window)]
    old = {age: sum(seen >= age for seen, _ in found) for age in ages}
    return {age for age in ages if old[age] >= FEW and 10 * old[age] >= len(found)}


def expected(
    sides: Sequence[list[tuple[float, Life]]], window: timedelta | None, limit: float = inf
) -> dict[str, float] | None:
    """Compare two sides; None where they can't be compared."""
    ages = set.intersection(*(ages_of(each, window) for each in sides))
    age = max((each for each in ages if each <= limit), default=None)
    if age is None:
        return None
    (one, low, high), (two, other_low, other_high) = (estimated(each, age) for each in sides)
    return {
        "within_s": age,
        "rate": one,
        "other_rate": two,
        "n": len(sides[0]),
        "other_n": len(sides[1]),
        "difference": one - two,
        # Newcombe's combination.
        "low": max(-1, one - two - sqrt((one - low) ** 2 + (other_high - two) ** 2)),
        "high": min(1, one - two + sqrt((high - one) ** 2 + (two - other_low) ** 2)),
    }


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@examples(40)
@given(
    seed=st.integers(0, 2**32),
    window=st.sampled_from([4 * DAY, 30 * DAY, None]),
    age=st.sampled_from([timedelta(seconds=30), 2 * DAY + HOUR, 7 * DAY, 60 * DAY]),
)
def test_both_periods_are_counted_and_estimated_at_equal_age(
    stored: Parameters, seed: int, window: timedelta | None, age: timedelta
) -> None:
    draw = Random(seed)
    sides = [drawn(draw, HERE), drawn(draw, THERE)]
    clock = min(END, HERE + age) + timedelta(seconds=30)
    write(stored, [*sides[0], *sides[1]])
    found = compared_in(stored, clock, window=window)
    known = max((len(times) for times in sides[0] + sides[1]), default=0)
    last = len(found.both.chain) - 1
    assert last <= known
    whole = [lives(each, (0, last), window, clock) for each in sides]
    correct = expected(whole, window)
    same(found.whole.figures, correct)
    limit = correct["within_s"] if correct else inf
    rows = found.steps.to_dict("records")
    for row, pair in zip(rows, pairwise(range(last + 1)), strict=False):
        both = [lives(each, pair, window, clock) for each in sides]
        same(row, expected(both, window, limit))
    for number, row in enumerate(found.overall.to_dict("records"), 1):
        both = [lives(each, (0, number), window, clock) for each in sides]
        assert (row["rate"], row["other_rate"]) == pytest.approx(
            tuple(estimated(each, limit)[0] for each in both), abs=1e-9
        )


def same(found: Any, correct: dict[str, float] | None) -> None:
    if correct is None:
        assert pd.isna(found["rate"])
        return
    assert {each: found[each] for each in correct} == pytest.approx(correct, abs=1e-9)


# --- what stands in the way ---


def going(begin: datetime, number: int, *reached: int) -> list[Unit]:
    """Make units that began in the days after `begin`; `reached` of them take each further step."""
    return [
        tuple(begin + n * HOUR + step * MINUTE for step in range(1 + sum(n < r for r in reached)))
        for n in range(number)
    ]


def verdicts(rows: pd.DataFrame | None, name: str = "step") -> dict[str, str]:
    assert rows is not None
    return dict(zip(rows[name], rows["verdict"], strict=True))


def test_the_whole_way_and_its_steps_are_compared_within_the_same_age(tables: Parameters) -> None:
    write(tables, [*going(HERE, 100, 60, 20), *going(THERE, 100, 65, 60)])
    found = compared_in(tables, END)
    assert (found.both.ages, found.whole.within) == ([HOUR, DAY, 3 * DAY], 3 * DAY)
    assert found.whole.verdict == LOWER
    assert verdicts(found.steps) == {STEPS[1]: CHANCE, STEPS[2]: LOWER}
    assert found.overall["rate"].tolist() == pytest.approx([0.6, 0.2])
    day = compared_in(tables, END, DAY, STEPS[1])
    assert (day.whole.within, day.whole.verdict) == (DAY, CHANCE)
    assert day.steps["within_s"].tolist() == [DAY.total_seconds()] * 2
    assert day.as_json()["step"] == STEPS[1]


def test_a_step_takes_a_smaller_age_where_too_few_are_old_enough(tables: Parameters) -> None:
    write(tables, [*going(HERE, 100, 35, 20), *going(THERE, 100, 65, 60)])
    found = compared_in(tables, HERE + 100 * HOUR + DAY)
    assert found.whole.within == 3 * DAY
    assert found.steps["within_s"].tolist() == [3 * 86400, 3 * 86400]
    late = [times for times in going(HERE, 100) if times[0] >= HERE + 60 * HOUR]
    slow = [(*times, times[0] + HOUR) for times in late]
    write(tables, [*going(HERE, 60), *slow, *going(THERE, 100, 65, 60)])
    # The 40 that go on did so in the last two days.
    found = compared_in(tables, HERE + 100 * HOUR + DAY, window=None, to=STEPS[2])
    assert found.steps["within_s"].tolist() == [3 * 86400, 86400]


def test_one_unit_and_none_are_no_comparison(tables: Parameters) -> None:
    write(tables, [*going(HERE, 1, 1), *going(THERE, 100, 65, 60)])
    found = compared_in(tables, END)
    assert (found.both.ages, found.whole.verdict) == ([], TOO_FEW_TO_COMPARE)
    assert {*verdicts(found.steps).values()} == {TOO_FEW_TO_COMPARE}
    assert found.overall.empty
    write(tables, going(THERE, 100, 65, 60))
    found = compared_in(tables, END)
    assert (found.whole.n, found.whole.other_n) == (0, 100)
    assert found.whole.verdict == TOO_FEW_TO_COMPARE


def test_units_that_just_began_are_too_young(tables: Parameters) -> None:
    write(tables, [*going(HERE, 40, 30), *going(THERE, 100, 65)])
    assert compared_in(tables, END, 7 * DAY).whole.verdict == TOO_YOUNG
    # 29 of the 30 that have begun are an hour old.
    found = compared_in(tables, HERE + 29 * HOUR + MINUTE)
    assert (found.whole.n, found.whole.verdict) == (30, TOO_YOUNG)


def test_a_window_without_limit_is_no_hindrance(tables: Parameters) -> None:
    write(tables, [*going(HERE, 100, 60, 20), *going(THERE, 100, 65, 60)])
    found = compared_in(tables, END + 60 * DAY, window=None)
    assert (found.whole.within, found.whole.verdict) == (14 * DAY, LOWER)


def test_a_step_recorded_in_one_period_only_is_named_not_compared(tables: Parameters) -> None:
    here, there = going(HERE + DAY, 100, 60, 50), going(THERE, 100, 60, 50)
    write(tables, [*here, *[times[:2] for times in there]])
    # What the other period may still reach ends before the first of these events.
    found = compared_in(tables, END, window=HOUR)
    assert verdicts(found.steps) == {STEPS[1]: CHANCE, STEPS[2]: HERE_ONLY}
    assert found.both.whole
    assert (found.both.whole.after, found.whole.verdict) == (STEPS[1], CHANCE)
    assert one_sided(found.both.here, found.both.there) == (["Previews viewed"], [])
    to_the_end = compared_in(tables, END, window=HOUR, to=STEPS[2])
    assert to_the_end.whole.verdict == UNRECORDED
    assert to_the_end.as_json()["rate"] is None


def test_behind_a_step_of_one_period_nothing_is_compared(tables: Parameters) -> None:
    here = going(HERE, 100, 60, 50)
    write(tables, [*here, *going(THERE, 100)])
    with reading(tables) as reader:
        sides = [
            prepare_funnel(
                reader,
                Filters(HERE, END, END),
                PLAN,
                FunnelQuestion("matched", steps=steps),
                pairing=PAIRING,
            )
            for steps in (STEPS[:3], (STEPS[0], STEPS[2]))
        ]
        found = compare(ask_both(reader, sides[0].filters, sides[0], sides[1]))
        back = compare(ask_both(reader, sides[0].filters, sides[1], sides[0]))
    assert verdicts(found.steps) == {STEPS[1]: HERE_ONLY, STEPS[2]: OTHER_CHAIN}
    assert verdicts(back.steps) == {STEPS[2]: OTHER_CHAIN}
    assert found.whole.verdict == UNRECORDED


def test_what_can_not_be_asked_is_refused(tables: Parameters) -> None:
    write(tables, [*going(HERE, 40, 30), *going(THERE, 100, 65)])
    with pytest.raises(QuestionError, match="is the first step"):
        compared_in(tables, END, to=STEPS[0])
    with pytest.raises(QuestionError, match="longer than the window"):
        compared_in(tables, END, 31 * DAY)
    with pytest.raises(QuestionError, match="longer than zero"):
        compared_in(tables, END, timedelta())


def test_values_are_compared_one_by_one_and_judged_together(tables: Parameters) -> None:
    units = [
        *going(HERE, 80, 60),
        *going(HERE, 80, 10),
        *going(THERE, 100, 75),
        *going(THERE, 80, 60),
    ]
    sources = [
        *["a"] * 80,
        *["b"] * 80,
        *["a"] * 100,
        *["b"] * 60,
        *[f"c{n % 10}" for n in range(20)],
    ]
    write(tables, units, sources)
    found = compared_in(tables, END, breakdown="lead_source")
    assert found.values is not None
    others = {f"c{n}": NOT_IN_BOTH for n in range(8)}
    assert verdicts(found.values, "value") == {
        "a": CHANCE,
        "b": LOWER,
        **others,
        "Other": NOT_IN_BOTH,
    }
    assert found.values["n"].dropna().tolist() == [80, 80]
    both = found.values.dropna(subset="p")
    assert both["other_n"].tolist() == [100, 60]
    assert both["differs"].tolist() == [False, True]
    by_value = found.as_json()["by_value"]
    assert isinstance(by_value, list)
    assert by_value[0]["value"] == "a"
    write(tables, units, [*[f"h{n % 12}" for n in range(160)], *sources[160:]])
    again = compared_in(tables, END, breakdown="lead_source")
    assert verdicts(again.values, "value")["Other"] == OTHER_VALUES
    filtered = compared_in(tables, END, filters={"lead_source": ("c1",)})
    assert (filtered.whole.n, filtered.whole.other_n) == (0, 2)
