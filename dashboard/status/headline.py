"""The report's five figures, each with its denominator and its values over time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from dashboard.database.errors import DatabaseProblem
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.conversion.words import base_words
from dashboard.funnel.data import Funnel
from dashboard.funnel.headline import missing_base
from dashboard.funnel.trend.data import funnel_trend
from dashboard.model.formats import UNKNOWN, count, counted, percent, share
from dashboard.model.periods import MOST_DAYS, MOST_WEEKS, PERIOD_UNITS, Grain
from dashboard.model.times import to_local
from dashboard.model.windows import length_words
from dashboard.outcomes.data import submission_outcomes
from dashboard.outcomes.words import paid_words, unreadable_words
from dashboard.status.claim import ClaimFacts
from dashboard.status.losses import lost_per_period

CONVERSION = "Conversion"


@dataclass(frozen=True)
class Figure:
    """A figure in words; `beside` names its denominator.

    `series` has its value per local day, week or month (`grain`), by the first day.
    """

    label: str
    value: str
    beside: str
    grain: Grain
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
    return Figure(
        "Submissions",
        count(submissions),
        f"from {counted(leads, 'lead')}",
        grain,
        _series(rows, "submissions", facts, grain),
    )


def _conversion(facts: ClaimFacts, grain: Grain) -> Figure:
    """Return the conversion to the last step, as the Funnel page has it."""
    steps = facts.funnel.required
    rate = conversion(facts.reader, facts.filters, facts.funnel.prepared)
    if rate is None:
        return Figure(CONVERSION, UNKNOWN, _too_few(facts.funnel), grain)
    rows = funnel_trend(facts.reader, facts.filters, facts.funnel.prepared, grain)
    line = rows.dropna(subset="closed_rate").set_index("period")["closed_rate"]
    beside = [
        f"to “{steps.iloc[-1]['label']}” within {length_words(rate.within)}",
        base_words(rate),
        *([] if line.empty else ["the line shows closed windows"]),
    ]
    return Figure(CONVERSION, percent(rate.rate), ", ".join(beside), grain, _points(line))


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
    return Figure(
        "Converted users",
        UNKNOWN if pd.isna(users) else count(int(users)),
        "; ".join([*unreadable_words(found), paid_words(found, facts.plan)]),
        grain,
        () if pd.isna(users) else _series(found.periods, "converted", facts, grain),
    )


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
    return Figure(
        "Session coverage",
        share(having, expected),
        f"{count(having)} of {counted(expected, 'row')} expected{constructed}",
        grain,
        _points(shares),
    )


def _lost(facts: ClaimFacts, grain: Grain) -> Figure:
    rows = lost_per_period(facts.reader, facts.filters, facts.funnel.prepared, grain)
    return Figure(
        "Lost events (at least)",
        count(int(rows["events"].sum())),
        f"in {counted(int(rows['units'].sum()), 'submission')}",
        grain,
        _series(rows, "events", facts, grain),
    )


def _series(
    rows: pd.DataFrame, name: str, facts: ClaimFacts, grain: Grain
) -> tuple[tuple[date, float], ...]:
    """Return a count per period, from the first lead's to the last lead's; 0 without a row."""
    first, last = facts.leads.first_at, facts.leads.last_at
    if first is None or last is None:
        return ()
    unit = PERIOD_UNITS[grain]
    ends = [to_local(each, facts.filters.zone).date() for each in (first, last)]
    begin, end = (pd.Timestamp(each).to_period(unit) for each in ends)
    periods = pd.period_range(begin, end, freq=unit).start_time
    per = rows.dropna(subset="period").set_index("period")[name]
    return _points(per.reindex(periods, fill_value=0))


def _points(per: "pd.Series[Any]") -> tuple[tuple[date, float], ...]:
    return tuple((begin.date(), float(value)) for begin, value in zip(per.index, per, strict=True))
