"""Times to convert in words: the median and p90 of each pair of steps, and of how many units."""

from datetime import timedelta

import pandas as pd

from dashboard.database.reading import COUNT, TEXT
from dashboard.funnel.data import Funnel
from dashboard.funnel.times.data import Durations
from dashboard.model.formats import counted, duration

WHOLE_FUNNEL_LABEL = "first to last"
ALL_VALUES = "all"


def way(funnel: Funnel, step: str) -> tuple[str, str]:
    """Return the labels of the step that a way begins on and of the one it ends on; "" is whole."""
    labels = funnel.prepared.laid_out.set_index("step")["label"]
    required = funnel.prepared.required
    ends = (required[0], required[-1])
    if step:
        at = required.index(step)
        ends = (required[at - 1], required[at])
    return str(labels[ends[0]]), str(labels[ends[1]])


def time_table(funnel: Funnel, found: Durations) -> pd.DataFrame:
    """Return one row per way and part: all units first, then each value of the breakdown.

    `value`, `step`, `way`, `units` (how many took it with both ends recorded) of `reached` (how
    many reached its end), `p50` and `p90` in seconds, `half_within` and `most_within` in words.
    """
    last = funnel.prepared.required[-1]
    whole = _rows(found.overall, funnel.steps, last).assign(value=ALL_VALUES)
    parts = [] if funnel.breakdown is None else _parts(funnel.breakdown, found.times, last)
    rows = pd.concat([whole, *parts], ignore_index=True)
    if len(funnel.prepared.required) == 2:
        # The way to the second step is the whole one.
        rows = rows[rows["step"] == ""].reset_index(drop=True)
    return rows.assign(
        value=rows["value"].astype(TEXT),
        way=[" → ".join(way(funnel, step)) for step in rows["step"]],
        half_within=[seconds_in_words(each) for each in rows["p50"]],
        most_within=[seconds_in_words(each) for each in rows["p90"]],
    ).astype({"reached": COUNT, "way": TEXT})[
        ["value", "step", "way", "units", "reached", "p50", "p90", "half_within", "most_within"]
    ]


def time_sentence(funnel: Funnel, found: Durations, step: str) -> str:
    """Write the median (p50) and p90 of a step; "" is from first to last."""
    rows = found.overall[found.overall["step"] == step]
    begin, end = way(funnel, step)
    if rows.empty:
        return f"No {funnel.unit} has both “{begin}” and “{end}” recorded."
    row = rows.iloc[0]
    return (
        f"From “{begin}” to “{end}” the median of {counted(int(row['units']), funnel.unit)} "
        f"is {seconds_in_words(row['p50'])}, the p90 {seconds_in_words(row['p90'])}."
    )


def seconds_in_words(seconds: float) -> str:
    """Write a time in its largest fitting unit."""
    return duration(timedelta(seconds=float(seconds)))


def _parts(breakdown: pd.DataFrame, times: pd.DataFrame, last: str) -> list[pd.DataFrame]:
    return [
        _rows(rows, breakdown[breakdown["value"] == rows["value"].iloc[0]], last)
        for _, rows in times.groupby("position")
    ]


def _rows(times: pd.DataFrame, steps: pd.DataFrame, last: str) -> pd.DataFrame:
    """Lay beside each way how many of its part reached the step it ends on."""
    reached = steps.drop_duplicates("step").set_index("step")["count"]
    return times[["value", "step", "units", "p50", "p90"]].assign(
        reached=reached.reindex([step or last for step in times["step"]]).array
    )
