"""The conversion curve: which share has converted by each age, up to the largest with a rate."""

from collections.abc import Sequence

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, TEXT, Reader
from dashboard.funnel.conversion.ages import largest_age, listed_ages
from dashboard.funnel.conversion.data import is_tracked, with_rates
from dashboard.funnel.conversion.stretch import Stretch, asked_stretch, pair_binds
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters

POINT_DTYPES = {
    "position": COUNT,
    "value": TEXT,
    "within_s": SHARE,
    "is_asked": "boolean",
    "entered": COUNT,
    "with_event": COUNT,
    "closed": COUNT,
    "observed": COUNT,
    "in_time": COUNT,
    "at_risk": COUNT,
    "log_left": SHARE,
    "none_left": "boolean",
    "spread": SHARE,
}
CURVE_FIELDS = ["value", "age_s", "rate", "low", "high", "at_risk"]


def conversion_curve(
    reader: Reader,
    filters: Filters,
    prepared: Prepared,
    to: str | None = None,
    apart: Sequence[int] | None = None,
    *,
    start: str | None = None,
    by_value: bool = True,
) -> pd.DataFrame:
    """Return the curve from `start`, or the first recorded step, to `to`, or the last required one.

    It is as in stretch_curve(), and has no rows where the first step or any later one was never
    recorded. Raises DatabaseProblem, and QuestionError where no unit can convert to that step.
    """
    stretch = asked_stretch(prepared, start, to)
    if stretch is None:
        return _curve(pd.DataFrame(columns=[*POINT_DTYPES]).astype(POINT_DTYPES))
    return stretch_curve(reader, filters, prepared, stretch, apart, by_value=by_value)


def stretch_curve(
    reader: Reader,
    _: Filters,
    prepared: Prepared,
    stretch: Stretch,
    apart: Sequence[int] | None = None,
    *,
    by_value: bool = True,
) -> pd.DataFrame:
    """Return the share of units that has converted by each age; raises DatabaseProblem.

    One row per part of the breakdown (`value`; "" without one) and age in seconds (`age_s`): 0,
    each listed age, and those at which units convert, at most 2,000 of them. The rate holds until
    the next row. `rate`, `low`, `high`: the share and its 95 % interval, as in estimates();
    `at_risk`: the units in progress right before the age.

    A part ends with the largest listed age that has enough units, and has no rows where none has.
    There are none at all where too few units have an event of the step before (is_tracked). With
    `apart`, only the parts in these positions stand by themselves; the others are one, "Other".
    """
    ages = listed_ages(prepared.question.window)
    points = prepared.frame(
        reader,
        "funnel/conversion/curve",
        POINT_DTYPES,
        ages=[0.0, *(each.total_seconds() for each in ages)],
        **pair_binds(prepared, [stretch], apart=apart),
        **({} if by_value else {"breakdown": None}),
    )
    parts = points.drop_duplicates("position")
    tracked = is_tracked(int(parts["with_event"].sum()), int(parts["entered"].sum()))
    return _curve(points if tracked else points.iloc[:0])


def _curve(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of each part up to its largest age, with their rates."""
    told = with_rates(points)
    kept = [_up_to_the_end(part) for _, part in told.groupby("position")]
    rows = pd.concat(kept, ignore_index=True) if kept else told
    return rows.rename(columns={"within_s": "age_s"})[CURVE_FIELDS]


def _up_to_the_end(part: pd.DataFrame) -> pd.DataFrame:
    """Return the rows up to the largest listed age with enough units; none where none has."""
    listed = part[part["is_asked"] & (part["within_s"] > 0)]
    end = largest_age(listed)
    return part.iloc[:0] if end is None else part[part["within_s"] <= end.total_seconds()]
