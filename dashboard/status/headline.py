"""The report's five figures, each with its denominator and its values over time."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from dashboard.database.errors import DatabaseProblem
from dashboard.funnel.cohorts.data import FULLY, CohortQuestion, funnel_cohorts
from dashboard.funnel.conversion.data import Conversion, conversion
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.conversion.words import base_words
from dashboard.funnel.data import Funnel
from dashboard.funnel.headline import missing_base
from dashboard.model.formats import UNKNOWN, count, counted, percent, share
from dashboard.model.periods import MOST_DAYS, MOST_WEEKS, PERIOD_UNITS, Grain, partial_periods
from dashboard.model.times import to_local
from dashboard.model.windows import length_words
from dashboard.outcomes.data import submission_outcomes
from dashboard.outcomes.words import paid_words, unreadable_words
from dashboard.status.claim import ClaimFacts
from dashboard.status.losses import lost_per_period

CONVERSION = "Conversion"
NO_VALUES = pd.Series(index=pd.DatetimeIndex([]), dtype=float)


@dataclass(frozen=True)
class Figure:
    """A figure in words; `beside` names its denominator.

    `series` has its value over time, by the first day of each local day, week or month. It leaves
    out periods that are not over or only partly in the range: `per` says so.
    """

    label: str
    value: str
    beside: str
    per: str = ""
    series: tuple[tuple[date, float], ...] = field(default=(), repr=False)


def figures(facts: ClaimFacts) -> tuple[Figure, ...]:
    """Return all figures whose columns can be read."""
    found = (
        _read(facts, each) for each in (_submissions, _conversion, _converted, _coverage, _lost)
    )
    return tuple(each for each in found if each)


def _read(facts: ClaimFacts, asked: Callable[[ClaimFacts, Grain], Figure]) -> Figure | None:
    try:
        with facts.apart():
            return asked(facts, _grain(facts))
    except DatabaseProblem:
        # The claims name the missing columns.
        return None


def _grain(facts: ClaimFacts) -> Grain:
    """Choose days, weeks or months, so that the points of a line stay apart."""
    leads = facts.leads
    if leads.first_at is None or leads.last_at is None:
        return "day"
    days = (leads.last_at - leads.first_at).days
    return "day" if days < MOST_DAYS else "week" if days < 7 * MOST_WEEKS else "month"


def _submissions(facts: ClaimFacts, grain: Grain) -> Figure:
    days = facts.submissions_per_day
    starts = days["period"].dt.to_period(PERIOD_UNITS[grain]).dt.start_time
    rows = days.assign(period=starts).groupby("period", dropna=False).sum().reset_index()
    submissions, leads = int(rows["submissions"].sum()), int(rows["leads"].sum())
    per = _per_period(rows, "submissions", facts, grain)
    beside = f"from {counted(leads, 'lead')}"
    return _over_time(Figure("Submissions", count(submissions), beside), facts, grain, per)


def _conversion(facts: ClaimFacts, grain: Grain) -> Figure:
    """Return the conversion to the last step, as the Funnel page has it."""
    steps = facts.funnel.required
    rate = conversion(facts.reader, facts.filters, facts.funnel.prepared)
    if rate is None:
        return Figure(CONVERSION, UNKNOWN, _too_few(facts.funnel))
    to = f"to “{steps.iloc[-1]['label']}” within {length_words(rate.within)}"
    beside = f"{to}, {base_words(rate)}"
    line = _conversion_line(facts, grain, rate)
    value = percent(rate.rate)
    return _over_time(Figure(CONVERSION, value, beside), facts, grain, line, "fully observed")


def _conversion_line(facts: ClaimFacts, grain: Grain, rate: Conversion) -> "pd.Series[Any]":
    """Return the conversion within the same age per period; null where not fully observed."""
    prepared = facts.funnel.prepared
    stretch = Stretch(prepared.required[0], rate.to)
    question = CohortQuestion(grain, stretch, rate.within)
    rows = funnel_cohorts(facts.reader, facts.filters, prepared, question)
    dated = rows.dropna(subset="period").set_index("period")
    return dated["rate"].where(dated["state"] == FULLY)


def _too_few(funnel: Funnel) -> str:
    """Say why there is no conversion to tell."""
    steps = funnel.required
    if len(steps) < 2:
        return "fewer than two steps recorded"
    entered = counted(int(steps.iloc[0]["count"]), "submission")
    few = f"{entered} reached “{steps.iloc[0]['label']}”, too few of them old enough for a rate"
    return missing_base(funnel) or few


def _converted(facts: ClaimFacts, grain: Grain) -> Figure:
    """Return the users that leads became, and what the payments amount to."""
    found = submission_outcomes(facts.reader, facts.filters, facts.plan, grain, by_source=False)
    users = found.total["converted_users"].iloc[0]
    known = not pd.isna(users)
    value = count(int(users)) if known else UNKNOWN
    beside = "; ".join([*unreadable_words(found), paid_words(found, facts.plan)])
    per = _per_period(found.periods, "converted", facts, grain) if known else NO_VALUES
    return _over_time(Figure("Converted users", value, beside), facts, grain, per)


def _coverage(facts: ClaimFacts, grain: Grain) -> Figure:
    """Return the share of expected rows with a session id, over tables without a guarantee."""
    tables = facts.coverage.tables
    told = tables.loc[~tables["guaranteed"], "table_name"]
    expected = int(tables.loc[~tables["guaranteed"], "expected"].sum())
    having = int(tables.loc[~tables["guaranteed"], "with_session"].sum())
    per = facts.coverage.per(grain)
    sums = per[per["table_name"].isin(told)].groupby("begin")[["with_session", "expected"]].sum()
    shares = (sums["with_session"] / sums["expected"].where(sums["expected"] > 0)).dropna()
    without = ", ".join(tables.loc[tables["guaranteed"], "table_name"])
    constructed = f" ({without}: guaranteed by constraint)" if without else ""
    beside = f"{count(having)} of {counted(expected, 'row')} expected{constructed}"
    figure = Figure("Session coverage", share(having, expected), beside)
    return _over_time(figure, facts, grain, shares)


def _lost(facts: ClaimFacts, grain: Grain) -> Figure:
    rows = lost_per_period(facts.reader, facts.filters, facts.funnel.prepared, grain)
    lost = count(int(rows["events"].sum()))
    beside = f"in {counted(int(rows['units'].sum()), 'submission')}"
    per = _per_period(rows, "events", facts, grain)
    return _over_time(Figure("Lost events (at least)", lost, beside), facts, grain, per)


def _per_period(rows: pd.DataFrame, name: str, facts: ClaimFacts, grain: Grain) -> "pd.Series[Any]":
    """Return a count per period, from the first lead's to the last lead's; 0 without a row."""
    first, last = facts.leads.first_at, facts.leads.last_at
    if first is None or last is None:
        return NO_VALUES
    unit = PERIOD_UNITS[grain]
    ends = [to_local(each, facts.filters.zone).date() for each in (first, last)]
    begin, end = (pd.Timestamp(each).to_period(unit) for each in ends)
    periods = pd.period_range(begin, end, freq=unit).start_time
    return rows.dropna(subset="period").set_index("period")[name].reindex(periods, fill_value=0)


def _over_time(
    figure: Figure, facts: ClaimFacts, grain: Grain, per: "pd.Series[Any]", whole: str = "whole"
) -> Figure:
    """Return the figure with its value `per` period; of partial ones, and nulls, nothing is drawn.

    `whole` says which periods are drawn, where some are not.
    """
    partial = partial_periods(pd.Series(per.index, per.index), grain, facts.filters)
    drawn = per[~partial].dropna()
    series = tuple((at.date(), float(each)) for at, each in zip(drawn.index, drawn, strict=True))
    return replace(figure, per=f"per {f'{whole} ' * (len(drawn) < len(per))}{grain}", series=series)
