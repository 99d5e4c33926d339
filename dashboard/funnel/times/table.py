"""Times to convert in words: the median and p90 of each pair of steps, and of how many units."""

from datetime import timedelta

import pandas as pd

from dashboard.database.reading import COUNT, TEXT
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.times.data import Durations
from dashboard.model.formats import counted, duration

WHOLE_FUNNEL_LABEL = "first to last"
ALL_VALUES = "all"


def way_stretch(prepared: Prepared, step: str) -> Stretch:
    """Return the steps that a way begins and ends on; "" is from first to last."""
    steps = prepared.required
    if not step:
        return Stretch(steps[0], steps[-1])
    return Stretch(steps[steps.index(step) - 1], step)


def way(funnel: Funnel, step: str) -> tuple[str, str]:
    """Return the labels of the step that a way begins on and of the one it ends on; "" is whole."""
    stretch = way_stretch(funnel.prepared, step)
    return funnel.label(stretch.before), funnel.label(stretch.after)


def time_table(funnel: Funnel, found: Durations) -> pd.DataFrame:
    """Return one row per way and part: all units first, then each value of the breakdown.

    `value`, and the columns of whole_times(); `way`: its steps' labels, `half_within` and
    `most_within`: p50 and p90 in words.
    """
    whole = whole_times(funnel, found).assign(value=ALL_VALUES)
    rows = pd.concat([whole, times_by_value(funnel, found)], ignore_index=True)
    return rows.assign(
        value=rows["value"].astype(TEXT),
        way=[" → ".join(way(funnel, step)) for step in rows["step"]],
        half_within=[seconds_in_words(each) for each in rows["p50"]],
        most_within=[seconds_in_words(each) for each in rows["p90"]],
    ).astype({"way": TEXT})[
        ["value", "step", "way", "units", "reached", "p50", "p90", "half_within", "most_within"]
    ]


def whole_times(funnel: Funnel, found: Durations) -> pd.DataFrame:
    """Return one row per way: `step` ("" is from first to last), `units`, `reached`, `p50`, `p90`.

    `units` took it with both ends recorded, of the `reached` that reached its end; seconds.
    """
    return _reached(funnel, found.overall, funnel.steps)


def times_by_value(funnel: Funnel, found: Durations) -> pd.DataFrame:
    """Return the rows of whole_times() of each `value` of the breakdown; none without one."""
    breakdown = funnel.breakdown
    parts = [
        _reached(funnel, rows, breakdown[breakdown["value"] == rows["value"].iloc[0]])
        for _, rows in found.times.groupby("position")
        if breakdown is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else whole_times(funnel, found).iloc[:0]


def distinct_ways(funnel: Funnel, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each way once: of two steps, the way to the second is the whole one."""
    if len(funnel.prepared.required) == 2:
        return rows[rows["step"] == ""].reset_index(drop=True)
    return rows


def time_sentence(funnel: Funnel, found: Durations, step: str) -> str:
    """Write the median (p50) and p90 of a step; "" is from first to last."""
    rows = found.overall[found.overall["step"] == step]
    begin, end = way(funnel, step)
    if rows.empty:
        return f"No {funnel.unit} has both “{begin}” and “{end}” recorded."
    row = rows.iloc[0]
    return (
        f"Of the {counted(int(row['units']), funnel.unit)} that converted from “{begin}” to "
        f"“{end}” with both recorded, the median time is {seconds_in_words(row['p50'])}, "
        f"the p90 {seconds_in_words(row['p90'])}."
    )


def seconds_in_words(seconds: float) -> str:
    """Write a time in its largest fitting unit."""
    return duration(timedelta(seconds=float(seconds)))


def _reached(funnel: Funnel, times: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Lay beside each way how many of its part reached the step it ends on."""
    counts = steps.drop_duplicates("step").set_index("step")["count"]
    rows = distinct_ways(funnel, times[["value", "step", "units", "p50", "p90"]])
    ends = [way_stretch(funnel.prepared, step).after for step in rows["step"]]
    return rows.assign(reached=counts.reindex(ends).astype(COUNT).array)
