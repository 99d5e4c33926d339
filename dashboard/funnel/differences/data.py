"""Segments that differ: at which step a property's value converts unlike all other units."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, TEXT, Reader
from dashboard.funnel.conversion.ages import checked_age
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.conversion.stretch import pair_binds, single_steps
from dashboard.funnel.differences.known import knowing
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW, MOST_FALSE
from dashboard.model.properties import COMPARED_NAMES, FILLED_LATER
from dashboard.model.statistics import false_discovery_rates, fisher

VALUE_COUNTS = {
    "property": TEXT,
    "value": TEXT,
    "pair": COUNT,
    "number_of_values": COUNT,
    "entered": COUNT,
    "n": COUNT,
    "converted": COUNT,
}
DIFFERENCES = {
    "property": TEXT,
    "value": TEXT,
    "step": TEXT,
    "rate": SHARE,
    "other_rate": SHARE,
    "n": COUNT,
    "other_n": COUNT,
    "p": SHARE,
    "q": SHARE,
    "units": SHARE,
    "within_s": SHARE,
}


@dataclass(frozen=True)
class Differences:
    """How each value of each property converts on each step, beside all other units.

    `rows` has one row per `property`, `value` and required `step` after the first: of the `n` units
    on the step before that entered it at least `within_s` before the clock, or whose window is
    closed, the share `rate` reached the step within that time; of all `other_n`, the `other_rate`.
    `p` is Fisher's exact test of the two; `q` the false discovery rate among all rows, as
    false_discovery_rates() has it. `units` is n times the rates' difference: how many more (or
    fewer, below 0) converted than would have at the others' rate. Found rows come first
    (is_found), the most units gained or lost first.

    Only values of at least 30 units are compared. `left_out` are how many more values a property
    has than were looked at, by its name.
    """

    within: timedelta
    rows: pd.DataFrame
    left_out: dict[str, int]

    @property
    def found(self) -> pd.DataFrame:
        """The rows that differ, where at most 5 % of what is found may be chance."""
        return self.rows[is_found(self.rows)]


def is_found(rows: pd.DataFrame) -> pd.Series:
    """Tell of each row of Differences whether it differs."""
    return rows["q"] <= MOST_FALSE


def compared_age(
    reader: Reader, filters: Filters, prepared: Prepared, within: timedelta | None = None
) -> timedelta | None:
    """Return `within`, or else the age of the conversion to the last step; None where it has none.

    Raises DatabaseProblem, and QuestionError where no unit can convert within that age.
    """
    if within is not None:
        return checked_age(within, prepared.question.window)
    whole = conversion(reader, filters, prepared)
    return None if whole is None else whole.within


def differences(reader: Reader, _: Filters, prepared: Prepared, within: timedelta) -> Differences:
    """Compare every value with all other units, at every step; raises DatabaseProblem."""
    counts = value_counts(reader, prepared, within)
    rows = compared_values(counts).assign(within_s=within.total_seconds())
    others = counts[counts["value"].isna()].drop_duplicates("property")
    left_out = dict(zip(others["property"], others["number_of_values"].astype(int), strict=True))
    return Differences(within, rows[[*DIFFERENCES]].astype(DIFFERENCES), left_out)


def value_counts(reader: Reader, prepared: Prepared, within: timedelta) -> pd.DataFrame:
    """Count the units of each value that reach each `step` within an age of the step before.

    One row per property, value (null: all values together that are not among the ten with most
    units) and step, with the columns of funnel/differences/value_counts.sql. The properties are
    those known before the outcome. Of one that is known since the analysis, units without a value
    are left out: their analysis may not have ended, and its end is a step. Raises DatabaseProblem.
    """
    steps = single_steps(prepared)
    counts = knowing(reader, prepared, COMPARED_NAMES).frame(
        reader,
        "funnel/differences/value_counts",
        VALUE_COUNTS,
        **pair_binds(prepared, steps),
        breakdown=None,
        within=within.total_seconds(),
        compared=[*COMPARED_NAMES],
        filled_later=[*FILLED_LATER],
    )
    names = dict(enumerate([each.after for each in steps], 1))
    return counts.assign(step=counts["pair"].map(names).astype(TEXT))


def compared_values(counts: pd.DataFrame) -> pd.DataFrame:
    """Compare the counts of each value with those of all others of its property and step.

    `counts` are those of value_counts(). Returns the rows compared, with what Differences tells.
    """
    of_all = counts.groupby(["property", "step"])[["n", "converted"]].transform("sum")
    others = (of_all - counts[["n", "converted"]]).add_prefix("other_")
    looked_at = counts["value"].notna() & (counts["entered"] >= FEW)
    sides = counts.join(others)[looked_at & (counts["n"] > 0) & (others["other_n"] > 0)]
    rates = sides["converted"] / sides["n"], sides["other_converted"] / sides["other_n"]
    tables = zip(
        *(sides[each] for each in ("converted", "n", "other_converted", "other_n")), strict=True
    )
    chances = [fisher(*map(int, each)) for each in tables]
    told = sides.assign(
        rate=rates[0],
        other_rate=rates[1],
        p=pd.Series(chances, index=sides.index, dtype=SHARE),
        q=pd.Series(false_discovery_rates(chances), index=sides.index, dtype=SHARE),
        units=sides["n"] * (rates[0] - rates[1]),
    )
    return _largest_first(told)


def _largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Order rows: those found first, then by units gained or lost."""
    return rows.assign(_found=is_found(rows), _by=rows["units"].abs()).sort_values(
        ["_found", "_by"], ascending=False, kind="stable", ignore_index=True
    )
