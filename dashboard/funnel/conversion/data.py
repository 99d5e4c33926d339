"""Which share of units converts within an age: the Kaplan-Meier estimate over all that entered.

Kaplan, E. L. and Meier, P. (1958), JASA 53, 457–481. A unit in progress counts for the ages that it
has had time for. So the units of the last days answer, too. The assumption: newer units convert
like older ones did at the same age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from math import exp
from typing import Any

import pandas as pd

from dashboard.database.reading import COUNT, DAY, SHARE, TEXT, Reader
from dashboard.funnel.conversion.ages import checked_age, largest_age, listed_ages
from dashboard.funnel.conversion.stretch import Stretch, pair_binds, stretch_to
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW, LEAST_OBSERVED
from dashboard.model.periods import Grain
from dashboard.model.statistics import NINETY_NINE, Proportion, difference

ESTIMATE_DTYPES = {
    "pair": COUNT,
    "position": COUNT,
    "value": TEXT,
    "cohort": DAY,
    "half": COUNT,
    "age_number": COUNT,
    "entered": COUNT,
    "with_event": COUNT,
    "closed": COUNT,
    "converted": COUNT,
    "observed": COUNT,
    "in_time": COUNT,
    "log_left": SHARE,
    "none_left": "boolean",
    "spread": SHARE,
}
ALL, OLDER, NEWER = 0, 1, 2


@dataclass(frozen=True)
class Conversion:
    """The share of units that convert to the step `to` within an age, with its 95 % interval.

    `entered` units reached the first step. `observed` of them entered at least that age before the
    clock, and the windows of `closed` are closed. Where all are, the share is the plain one, with
    its Wilson interval, and not `estimated`. `halves_differ`: the older and the newer half of the
    units differ at the largest age that both have enough units for, so the estimate may mislead.
    """

    to: str
    within: timedelta
    rate: float
    low: float
    high: float
    entered: int
    observed: int
    closed: int
    estimated: bool
    halves_differ: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the part `conversion` of the `funnel` answer."""
        values = asdict(self)
        del values["halves_differ"]
        return {"to": values.pop("to"), "within_s": values.pop("within").total_seconds(), **values}


def conversion(
    reader: Reader,
    filters: Filters,
    prepared: Prepared,
    to: str | None = None,
    within: timedelta | None = None,
) -> Conversion | None:
    """Return the conversion from the first recorded step to `to`, or to the last required one.

    It is given for `within`, or else for the largest listed age, that enough units are old enough
    for. It is None where none is, where the first step or any later one was never recorded, and
    where too few of the units have an event of the first step (is_tracked). Raises DatabaseProblem,
    and QuestionError where no unit can convert to that step or within that age.
    """
    stretch, window = stretch_to(prepared, to), prepared.question.window
    ages = [checked_age(within, window)] if within is not None else listed_ages(window)
    if stretch is None:
        return None
    rows = estimates(reader, filters, prepared, [stretch], ages, by_value=False, halves=True)
    whole = rows[rows["half"] == ALL]
    if (age := largest_age(whole)) is None:
        return None
    row = whole[whole["within_s"] == age.total_seconds()].to_dict("records")[0]
    if not is_tracked(row["with_event"], row["entered"]):
        return None
    return conversion_of(row, halves_differ=_halves_differ(rows))


def conversions_by_value(
    reader: Reader, filters: Filters, prepared: Prepared, whole: Conversion
) -> list[dict[str, object]]:
    """Return the conversion of each part of the breakdown, within the age of the whole.

    Each is a `value` with the fields of Conversion.as_json; its share is null where too few are old
    enough. Raises DatabaseProblem.
    """
    stretch = Stretch(prepared.required[0], whole.to)
    rows = estimates(reader, filters, prepared, [stretch], [whole.within])
    unknown: dict[str, object] = dict.fromkeys(("rate", "low", "high"))
    return [
        {
            "value": row["value"],
            **conversion_of(row).as_json(),
            **({} if row["enough"] else unknown),
        }
        for row in rows.to_dict("records")
    ]


def estimates(
    reader: Reader,
    _: Filters,
    prepared: Prepared,
    stretches: Sequence[Stretch],
    ages: Sequence[timedelta],
    *,
    by_value: bool = True,
    grain: Grain | None = None,
    halves: bool = False,
) -> pd.DataFrame:
    """Estimate the conversion of each stretch within each age; raises DatabaseProblem.

    One row per stretch (`before`, `after`), part of the breakdown (`position`, `value`), `cohort`
    (first local day of the `grain` in which the unit began; null without one), `half` (0: all; 1,
    2: the older and the newer half by entry) and age (`within_s`):

    - `entered`: units on the step before; `with_event`: those with an event of it; `closed`: whose
      window is closed; `converted`: at any age;
    - `observed`: entered at least this age before the clock, or have a closed window; `in_time` of
      them converted within it;
    - `enough`: 30 units and a tenth of all are observed; `rate`, `low`, `high`: the share that
      converts within the age and its 95 % interval; `estimated`: not the plain share of closed
      windows. `spread` belongs to it as to a Proportion.
    """
    lasting = sorted(ages)
    rows = prepared.frame(
        reader,
        "funnel/conversion/estimate",
        ESTIMATE_DTYPES,
        ages=[each.total_seconds() for each in lasting],
        **pair_binds(prepared, stretches, grain, halves=halves),
        **({} if by_value else {"breakdown": None}),
    )
    named = rows.assign(
        before=rows["pair"].map(dict(enumerate([each.before for each in stretches], 1))),
        after=rows["pair"].map(dict(enumerate([each.after for each in stretches], 1))),
        within_s=rows["age_number"].map(
            dict(enumerate([each.total_seconds() for each in lasting], 1))
        ),
    ).astype({"before": TEXT, "after": TEXT, "within_s": SHARE})
    return with_rates(named)


def proportion_of(row: Mapping[Any, Any]) -> Proportion:
    """Return the share of a row of estimates(), to compare it with another."""
    return Proportion(row["rate"], row["observed"], row["spread"] if row["estimated"] else None)


def conversion_of(row: Mapping[Any, Any], *, halves_differ: bool = False) -> Conversion:
    """Return a row of estimates() as the answer for its stretch and age."""
    return Conversion(
        row["after"],
        timedelta(seconds=row["within_s"]),
        row["rate"],
        row["low"],
        row["high"],
        row["entered"],
        row["observed"],
        row["closed"],
        bool(row["estimated"]),
        halves_differ,
    )


def is_tracked(with_event: int, units: int) -> bool:
    """Tell whether at least half of the units have an event of the first step.

    Tracking may be off for the others: a start that only a lead proves does not show how they went.
    """
    return 2 * with_event >= units


def are_enough(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell of each row whether its `observed` units are 30 and a tenth of those that `entered`."""
    return (rows["observed"] >= FEW) & (rows["observed"] >= LEAST_OBSERVED * rows["entered"])


def with_rates(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay the share, its interval and what they are worth beside the sums of each age.

    They are `entered`, `closed`, `observed`, `in_time`, `log_left`, `none_left` and `spread`; what
    is added are `estimated`, `enough`, `rate`, `low` and `high`: all as in estimates().
    """
    told = rows.assign(estimated=rows["closed"] < rows["entered"], enough=are_enough(rows))
    shares = [_share(row) for row in told.to_dict("records")]
    told["rate"] = pd.Series(shares, index=rows.index, dtype=SHARE)
    intervals = [
        proportion_of(row).interval() if row["observed"] else (None, None)
        for row in told.to_dict("records")
    ]
    ends = pd.DataFrame(intervals, columns=["low", "high"], index=rows.index, dtype=SHARE)
    return told.join(ends)


def _share(row: Mapping[Any, Any]) -> float | None:
    """Return the share that converts within a row's age; None where no unit is so old."""
    if not row["observed"]:
        return None
    if not row["estimated"]:
        return float(row["in_time"] / row["observed"])
    return 1 - (0.0 if row["none_left"] else exp(row["log_left"]))


def _halves_differ(rows: pd.DataFrame) -> bool:
    """Tell whether the halves differ, at the 1 % level; never where all windows are closed."""
    halves = [rows[rows["half"] == each] for each in (OLDER, NEWER)]
    age = largest_age(*halves)
    if age is None or not rows["estimated"].any():
        return False
    older, newer = (
        proportion_of(each[each["within_s"] == age.total_seconds()].to_dict("records")[0])
        for each in halves
    )
    low, high = difference(older, newer, NINETY_NINE)
    return not low <= 0 <= high
