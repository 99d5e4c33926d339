"""Two periods compared: what differs, what could be chance, and what is not compared."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.comparison.data import (
    BEGINNING,
    CHANCE,
    HIGHER,
    LOWER,
    NO_LIMIT,
    TOO_FEW_TO_COMPARE,
    TOO_MANY_OPEN,
    Basis,
    compare_funnels,
    comparison_sentence,
    comparison_words,
    one_sided,
    overlap,
    previous_period,
)
from dashboard.funnel.comparison.figures import comparison_chart
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.statistics import Proportion, difference
from dashboard.ui.theme import DARK, LIGHT
from tests.conftest import Parameters, source_of
from tests.examples import examples
from tests.funnel.drawn import has_nan
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PAIRING, PLAN, store
from tests.matching.oracle import Lead

MARCH = Filters(datetime(2026, 3, 1), datetime(2026, 4, 1))
BERLIN = ZoneInfo("Europe/Berlin")


def funnel(
    over: list[int | None], waiting: int = 0, optional: tuple[int, ...] = (), **question: Any
) -> Funnel:
    """Make a funnel of closed windows; as many more units of each step are in progress."""
    steps = pd.DataFrame(
        {
            "step": [f"s{n}" for n in range(len(over))],
            "label": [f"Step {n}" for n in range(len(over))],
            "optional": [n in optional for n in range(len(over))],
            "closed": pd.array(over, dtype="Int64"),
            "count": pd.array([None if n is None else n + waiting for n in over], dtype="Int64"),
        }
    )
    prepared = Prepared(FunnelQuestion(**question), MARCH, datetime(2026, 6, 1), steps, {})
    return Funnel(prepared, 100, datetime(2026, 3, 1), steps)


def verdicts(here: Funnel, there: Funnel, basis: Basis = "first") -> list[str]:
    return [str(each) for each in compare_funnels(here, there, basis)["verdict"]]


def test_higher_lower_and_chance() -> None:
    here, there = funnel([1000, 600, 300, 200]), funnel([1000, 500, 300, 260])
    assert verdicts(here, there) == [BEGINNING, HIGHER, CHANCE, LOWER]
    assert verdicts(here, there, "previous") == [BEGINNING, HIGHER, LOWER, LOWER]
    row = compare_funnels(here, there, "first").iloc[3]
    assert row["difference"] == pytest.approx(-0.06)
    assert (row["low"], row["high"]) == difference(
        Proportion(200 / 1000, 1000), Proportion(260 / 1000, 1000)
    )
    previous = compare_funnels(here, there, "previous").iloc[3]
    assert (previous["low"], previous["high"]) == difference(
        Proportion(200 / 300, 300), Proportion(260 / 300, 300)
    )


def test_the_words_say_both_shares_and_what_chance_allows() -> None:
    here, there = funnel([1000, 600]), funnel([1000, 500])
    words = comparison_words(compare_funnels(here, there, "first")).iloc[1]
    assert words["here"] == "600 of 1,000 (60.0 %)"
    assert words["there"] == "500 of 1,000 (50.0 %)"
    assert words["by"] == "+10.0 points (+5.6 to +14.3)"
    assert comparison_sentence(compare_funnels(here, there, "first")) == (
        "This period is higher at “Step 1”."
    )
    same = compare_funnels(here, here, "first")
    assert comparison_words(same).iloc[1]["by"] == "0.0 points (−4.3 to +4.3)"
    assert comparison_sentence(same) == (
        "No difference is more than chance allows, at the one step compared."
    )


def test_fewer_than_30_are_not_compared() -> None:
    assert verdicts(funnel([29, 2]), funnel([1000, 900])) == [BEGINNING, TOO_FEW_TO_COMPARE]
    assert verdicts(funnel([30, 2]), funnel([1000, 900])) == [BEGINNING, LOWER]
    few = compare_funnels(funnel([100, 20, 1]), funnel([100, 20, 19]), "previous")
    assert few["verdict"].tolist() == [BEGINNING, CHANCE, TOO_FEW_TO_COMPARE]
    assert few["difference"].isna().tolist() == [True, False, True]


def test_those_in_progress_are_waited_for() -> None:
    here = funnel([10, 2], waiting=500)
    rows = compare_funnels(here, funnel([1000, 900]), "first")
    assert rows["verdict"].tolist() == [BEGINNING, TOO_MANY_OPEN]
    assert comparison_sentence(rows).startswith("Nothing can be compared yet")
    assert verdicts(funnel([10, 2], waiting=3), funnel([1000, 900])) == [
        BEGINNING,
        TOO_FEW_TO_COMPARE,
    ]


def test_without_a_limit_no_window_closes() -> None:
    here = funnel([0, 0], waiting=500, window=None)
    assert verdicts(here, here) == [BEGINNING, NO_LIMIT]
    assert "without a limit" in comparison_sentence(compare_funnels(here, here, "first"))


def test_a_step_recorded_in_one_period_only_is_named_not_compared() -> None:
    here, there = funnel([1000, 800, 700]), funnel([1000, None, 600])
    rows = compare_funnels(here, there, "first")
    assert rows["verdict"].tolist() == [
        BEGINNING,
        "not recorded in the other period",
        "not compared: a step before it is recorded in one period only",
    ]
    assert rows["difference"].isna().all()
    assert one_sided(here, there) == (["Step 1"], [])
    assert one_sided(there, here) == ([], ["Step 1"])
    assert verdicts(there, there)[1] == "not recorded in either period"


def test_an_optional_step_is_no_denominator_and_stands_in_no_way() -> None:
    here = funnel([1000, 500, 400], optional=(1,))
    there = funnel([1000, None, 300], optional=(1,))
    rows = compare_funnels(here, there, "previous")
    assert rows["verdict"].tolist()[2] == HIGHER
    assert (rows["whole"][2], rows["other_whole"][2]) == (1000, 1000)


def test_the_previous_period_has_as_many_local_days() -> None:
    previous = previous_period(MARCH)
    assert previous is not None
    assert previous.period == "2026-01-29 to 2026-02-28"
    assert previous.end_at == MARCH.start_at
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


def test_two_periods_of_stored_rows(stored: Parameters) -> None:
    """In March 40 of 50 complete, in February 20 of 50."""
    steps = ("analysis_started", "analysis_completed")
    leads, events = [], []
    for n in range(100):
        at = datetime(2026, 3 if n < 50 else 2, 10)
        lead = Lead(UUID(int=n + 1), at, f"s{n}", f"w{n}.example")
        leads.append(lead)
        completed = n < 40 or 50 <= n < 70
        events += [
            Event(step, at + timedelta(minutes=m), lead.id)
            for m, step in enumerate(steps[: 1 + completed])
        ]
    store(stored, leads, events)
    source = source_of(stored)
    february = previous_period(Filters(datetime(2026, 3, 1), datetime(2026, 3, 29)))
    assert february is not None
    with source.read() as reader:
        march, before = (
            ask(reader, filters, PLAN, FunnelQuestion(steps=steps), pairing=PAIRING)
            for filters in (MARCH, february)
        )
    source.engine.dispose()
    row = compare_funnels(march, before, "first").iloc[1]
    assert (row["part"], row["whole"], row["other_part"], row["other_whole"]) == (40, 50, 20, 50)
    assert row["verdict"] == HIGHER
    assert (row["low"], row["high"]) == difference(Proportion(40 / 50, 50), Proportion(20 / 50, 50))


OVER = st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=3, max_size=3)


@examples(40)
@given(
    here=OVER,
    there=OVER,
    waiting=st.sampled_from([0, 10**4]),
    basis=st.sampled_from(["first", "previous"]),
)
def test_any_two_funnels_give_words_and_a_figure_without_nan(
    here: list[int | None], there: list[int | None], waiting: int, basis: Basis
) -> None:
    sides = [funnel(falling(each), waiting, (1,)) for each in (here, there)]
    rows = comparison_words(compare_funnels(sides[0], sides[1], basis))
    assert rows["difference"].dropna().between(-1, 1).all()
    made = rows.dropna(subset="difference")
    assert (made["low"] <= made["difference"]).all()
    assert (made["difference"] <= made["high"]).all()
    assert rows["verdict"].notna().all()
    words = rows[["here", "there", "by", "verdict"]].stack().dropna()
    assert "nan" not in " ".join([comparison_sentence(rows), *words])
    for colors in (LIGHT, DARK):
        figure = comparison_chart(rows, ("<b>1", "2"), "Share", colors)
        assert not has_nan(figure)
        assert "<b>1" not in str(figure.to_json())


def falling(counts: list[int | None]) -> list[int | None]:
    """Sort what is known from most to fewest, as a funnel's counts are."""
    known = sorted((each for each in counts if each is not None), reverse=True)
    return [None if each is None else known.pop(0) for each in counts]
