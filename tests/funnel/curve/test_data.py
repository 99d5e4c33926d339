"""The conversion curve: each of its points against an independent Kaplan-Meier estimate."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from dashboard.funnel.conversion.ages import listed_ages
from dashboard.funnel.conversion.data import Conversion, conversion
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.curve.data import CURVE_FIELDS, conversion_curve, stretch_curve
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion, QuestionError
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.model.statistics import wilson
from tests.conftest import Parameters
from tests.examples import examples
from tests.funnel.conversion.test_data import CLOCKS, DAY, HOUR, UNITS, Units, rows_of
from tests.funnel.worlds import PAIRING, PLAN, START, reading, store

SECOND = timedelta(seconds=1)
WHOLE = Stretch("analysis_started", "analysis_completed")


def drawn(
    parameters: Parameters,
    question: FunnelQuestion,
    clock: timedelta,
    apart: tuple[int, ...] | None = None,
) -> tuple[pd.DataFrame, Conversion | None]:
    """Return the curve, and the conversion to the last step within the largest age."""
    filters = Filters(as_of=START + clock)
    with reading(parameters) as reader:
        prepared = prepare_funnel(reader, filters, PLAN, question, pairing=PAIRING)
        if WHOLE.after not in prepared.required:
            return conversion_curve(reader, filters, prepared), None
        curve = stretch_curve(reader, filters, prepared, WHOLE, apart)
        if question.breakdown is None:
            pd.testing.assert_frame_equal(curve, conversion_curve(reader, filters, prepared))
        return curve, conversion(reader, filters, prepared)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@examples(40)
@given(units=UNITS, window=st.sampled_from([2 * HOUR, 4 * DAY, None]), clock=CLOCKS)
def test_every_point_is_that_of_kaplan_and_meier(
    stored: Parameters, units: Units, window: timedelta | None, clock: timedelta
) -> None:
    store(stored, *rows_of(units))
    curve, found = drawn(stored, FunnelQuestion("matched", window=window), clock)
    lives = [
        (clock - entered, None if age is None or age > (window or age) else age)
        for entered, age in units
        if entered < clock
    ]
    if found is None:
        assert curve.empty
        return
    assert (found.rate, found.low, found.high) == (*curve.iloc[-1][["rate", "low", "high"]],)
    converted = {age for seen, age in lives if age is not None and age < seen}
    ages = {timedelta(), *listed_ages(window), *converted}
    expected = sorted(age for age in ages if age <= found.within)
    assert curve["age_s"].tolist() == [each.total_seconds() for each in expected]
    assert [*curve["rate"]] == sorted(curve["rate"])
    for row in curve.to_dict("records"):
        assert (row["rate"], row["low"], row["high"], row["at_risk"]) == pytest.approx(
            independent(lives, window, timedelta(seconds=row["age_s"])), abs=1e-9
        )


def independent(
    lives: Units, window: timedelta | None, age: timedelta
) -> tuple[float, float, float, int]:
    """Return the share within an age, its interval, and the units at risk right before it."""
    ended = [
        (own, True) if own is not None and own < seen else (min(seen, window or seen), False)
        for seen, own in lives
    ]
    at_risk = sum(end >= age for end, _ in ended)
    converted, censored = (
        [end.total_seconds() for end, event in ended if event is kind] for kind in (True, False)
    )
    within, observed = sum(event and end <= age for end, event in ended), _observed(lives, age)
    if not converted or (window and all(seen >= window for seen, _ in lives)):
        return (*_plain(within, observed), at_risk)
    left = ecdf(CensoredData(uncensored=converted, right=censored)).sf
    share = 1 - float(left.evaluate(age.total_seconds()))
    if share in (0.0, 1.0):
        return (*_plain(round(share * observed), observed), at_risk)
    ends: Any = left.confidence_interval(confidence_level=0.95, method="log-log")
    high, low = (float(each.evaluate(age.total_seconds())) for each in (ends.low, ends.high))
    return share, 1 - low, 1 - high, at_risk


def _observed(lives: Units, age: timedelta) -> int:
    return sum(seen >= age for seen, _ in lives)


def _plain(part: int, whole: int) -> tuple[float, float, float]:
    interval = wilson(part, whole)
    assert interval
    return (part / whole, *interval)


@pytest.mark.parametrize(
    "units",
    [
        pytest.param([], id="no unit"),
        pytest.param([(HOUR, HOUR)], id="one unit"),
        pytest.param([(2 * HOUR, None)] * FEW, id="none an hour old"),
    ],
)
def test_too_few_units_have_no_curve(stored: Parameters, units: Units) -> None:
    store(stored, *rows_of(units))
    curve, _ = drawn(stored, FunnelQuestion("matched"), 2 * HOUR + 5 * SECOND)
    assert curve.columns.tolist() == CURVE_FIELDS
    assert curve.empty


def test_where_all_are_in_progress_nobody_converts(stored: Parameters) -> None:
    # The last one converts only after the clock; without it the step was never recorded.
    store(stored, *rows_of([(timedelta(), None)] * FEW + [(timedelta(), HOUR)]))
    curve, _ = drawn(stored, FunnelQuestion("matched", window=DAY), HOUR + SECOND)
    assert curve["age_s"].tolist() == [0, 3600]
    store(stored, *rows_of([(timedelta(), None)] * FEW + [(2 * HOUR, timedelta())]))
    curve, _ = drawn(stored, FunnelQuestion("matched", window=DAY), 2 * HOUR + SECOND)
    assert curve["rate"].tolist() == pytest.approx([1 / (FEW + 1)] * 2)


def test_where_all_convert_at_once_the_curve_jumps_to_one(stored: Parameters) -> None:
    store(stored, *rows_of([(timedelta(), 30 * SECOND)] * FEW))
    curve, _ = drawn(stored, FunnelQuestion("matched"), HOUR)
    assert curve[["age_s", "rate", "at_risk"]].to_numpy().tolist() == [
        [0, 0, FEW],
        [30, 1, FEW],
        [3600, 1, 0],
    ]
    assert (curve["low"].tolist()[1:], curve["high"].tolist()[1:]) == (
        [_plain(FEW, FEW)[1]] * 2,
        [1.0, 1.0],
    )


def test_of_many_ages_two_thousand_are_kept_and_the_last(stored: Parameters) -> None:
    units: Units = [(timedelta(), number * SECOND) for number in range(1, 2502)]
    store(stored, *rows_of(units))
    curve, found = drawn(stored, FunnelQuestion("matched"), DAY)
    # Beside them stand age 0 and the two listed ages.
    assert len(curve) == 2003
    assert found
    assert (curve["rate"].iloc[-3], curve["age_s"].iloc[-3]) == (1, 2501)
    kept = curve[(curve["age_s"] > 0) & (curve["age_s"] < 3600)]
    assert kept["age_s"].diff().max() == 2
    assert (kept["rate"] - kept["age_s"] / 2501).abs().max() < 1e-9
    assert (kept["at_risk"] == 2502 - kept["age_s"]).all()


def test_parts_and_those_that_are_left_together(stored: Parameters) -> None:
    sources = ["paid", "paid", "paid", "seo", "seo", None]
    units: Units = [(timedelta(), number * SECOND if number % 7 else None) for number in range(210)]
    leads, events = rows_of(units)
    named = {str(lead.id): sources[n % 6] for n, lead in enumerate(leads)}
    store(stored, leads, events, **named)
    question = FunnelQuestion("matched", breakdown="lead_source")
    parts, _ = drawn(stored, question, DAY)
    assert parts["value"].unique().tolist() == ["paid", "seo", "(none)"]
    for value in parts["value"].unique():
        filtered = FunnelQuestion("matched", filters={"lead_source": (value,)})
        assert same(parts[parts["value"] == value], drawn(stored, filtered, DAY)[0])
    left, _ = drawn(stored, question, DAY, apart=(0,))
    assert left["value"].unique().tolist() == ["paid", "Other"]
    rest = FunnelQuestion("matched", filters={"lead_source": ("seo", "(none)")})
    assert same(left[left["value"] == "Other"], drawn(stored, rest, DAY)[0])


def same(part: pd.DataFrame, alone: pd.DataFrame) -> bool:
    numbers = CURVE_FIELDS[1:]
    return not alone.empty and part[numbers].reset_index(drop=True).equals(alone[numbers])


def test_starts_that_leads_prove_are_no_base_for_a_curve(stored: Parameters) -> None:
    leads, events = rows_of([(timedelta(), HOUR)] * FEW)
    store(stored, leads, events)
    assert not drawn(stored, FunnelQuestion(), DAY)[0].empty
    starts = [each for each in events if each.step == WHOLE.before]
    store(stored, leads, [each for each in events if each not in starts[1:]])
    assert drawn(stored, FunnelQuestion(), DAY)[0].empty


def test_what_nobody_can_convert_to_is_refused(stored: Parameters) -> None:
    store(stored, *rows_of([(timedelta(), HOUR)]))
    with reading(stored) as reader:
        prepared = prepare_funnel(reader, Filters(), PLAN, FunnelQuestion())
        with pytest.raises(QuestionError, match="is the first step"):
            conversion_curve(reader, Filters(), prepared, "analysis_started")
