"""Cohorts: the conversion within each listed age, by the period in which the units began."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.database.reading import Reader
from dashboard.funnel.conversion.ages import checked_age, largest_age, listed_ages
from dashboard.funnel.conversion.data import are_enough, estimates, is_tracked
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.model.periods import Grain, is_over
from dashboard.model.times import to_local

FULLY, PARTLY, TOO_FEW = "fully observed", "partly observed", "too few observed"
NOT_TRACKED = "not tracked"
COHORT_FIELDS = [
    *("period", "value", "within_s", "entered", "observed", "in_time"),
    *("rate", "low", "high", "estimated", "state"),
]


@dataclass(frozen=True)
class CohortQuestion:
    """Which conversion is followed, by the day, week or month in which the units began.

    Within one age, or within every listed one (None).
    """

    grain: Grain
    stretch: Stretch
    within: timedelta | None = None


def funnel_cohorts(
    reader: Reader, _: Filters, prepared: Prepared, question: CohortQuestion
) -> pd.DataFrame:
    """Return the conversion of all units per local period and age.

    One row per `period` (its first local day; null for units without a time) and age (`within_s`),
    with the columns of estimates() and:

    - `state`: FULLY: the period is over and all its units are that old, or their windows closed;
      PARTLY: enough of them are; TOO_FEW: fewer; NOT_TRACKED: most lack an event of the first step;
    - `rate`, `low`, `high`: null where TOO_FEW or NOT_TRACKED; `few`: fewer than 30 units began.

    Raises DatabaseProblem, and QuestionError for an age that no unit can convert within.
    """
    return _by_period(reader, prepared, question, by_value=False)


def funnel_trend(
    reader: Reader, _: Filters, prepared: Prepared, question: CohortQuestion
) -> pd.DataFrame:
    """Return the rows of funnel_cohorts() for each part of the breakdown (`position`, `value`)."""
    return _by_period(reader, prepared, question, by_value=True)


def longest_age(cohorts: pd.DataFrame, window: timedelta | None) -> timedelta:
    """Return the largest age that enough units of all periods together are old enough for.

    Where none is, it is the shortest: the periods then say that too few are observed.
    """
    whole = cohorts.groupby("within_s")[["entered", "observed"]].sum().reset_index()
    return largest_age(whole.assign(enough=are_enough(whole))) or listed_ages(window)[0]


def at_age(cohorts: pd.DataFrame, within: timedelta) -> pd.DataFrame:
    """Return the rows of one age."""
    return cohorts[cohorts["within_s"] == within.total_seconds()].reset_index(drop=True)


def _by_period(
    reader: Reader, prepared: Prepared, question: CohortQuestion, *, by_value: bool
) -> pd.DataFrame:
    window, grain = prepared.question.window, question.grain
    ages = [checked_age(question.within, window)] if question.within else listed_ages(window)
    filters, stretches = prepared.filters, [question.stretch]
    rows = estimates(reader, filters, prepared, stretches, ages, by_value=by_value, grain=grain)
    told = _with_states(rows.rename(columns={"cohort": "period"}), prepared, grain)
    hidden = told["state"].isin([TOO_FEW, NOT_TRACKED])
    return told.assign(**{name: told[name].mask(hidden) for name in ("rate", "low", "high")})


def _with_states(rows: pd.DataFrame, prepared: Prepared, grain: Grain) -> pd.DataFrame:
    """Lay the state of each period and age beside its counts."""
    today = to_local(prepared.clock, prepared.filters.zone).date()
    over = [pd.isna(each) or is_over(each.date(), grain, today) for each in rows["period"]]
    fully = (rows["observed"] == rows["entered"]) & pd.Series(over, rows.index, dtype=bool)
    state = pd.Series(TOO_FEW, rows.index, dtype="string").mask(rows["enough"], PARTLY)
    untracked = [
        not is_tracked(*pair) for pair in zip(rows["with_event"], rows["entered"], strict=True)
    ]
    return rows.assign(
        state=state.mask(fully, FULLY).mask(
            pd.Series(untracked, rows.index, dtype=bool), NOT_TRACKED
        ),
        few=rows["entered"] < FEW,
    )
