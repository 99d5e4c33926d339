"""Time to convert: from each step to the next one, and from first to last."""

from dataclasses import dataclass

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, TEXT, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters

# Seconds: 1, 2, 5, 10, 30, minutes, hours, days; each bin is named by the bound that begins it.
BOUNDS = [
    *(1, 2, 5, 10, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 30)),
    *(3_600 * hours for hours in (1, 2, 5, 12)),
    *(86_400 * days for days in (1, 2, 5, 10, 30)),
]
TIME_DTYPES = {
    "position": COUNT,
    "value": TEXT,
    "step": COUNT,
    "units": COUNT,
    "p50": SHARE,
    "p90": SHARE,
}


@dataclass(frozen=True)
class Durations:
    """How long units took, within the funnel's window.

    `times` has one row per part of the breakdown (`value`; "" without one) and required step after
    the first: `step`, `label`, `units` (how many took it with both ends recorded), `p50`, `p90` in
    seconds; the time from first to last comes last, its `step` is "". `overall` has the same
    rows of all units together. `distribution`, of all too, has one row per step and bin with any:
    `step`, `from_seconds`, `to_seconds` (null: open), `units`, and the `share` (0–1) that they are.
    """

    times: pd.DataFrame
    overall: pd.DataFrame
    distribution: pd.DataFrame


def durations(reader: Reader, filters: Filters, prepared: Prepared) -> Durations:
    """Measure the times to convert; raises DatabaseProblem.

    Percentiles are interpolated (percentile_cont); a step that only its proof put into the chain
    has no time, and none is negative: a step may stand up to 2 s before the one it follows.
    """
    times = _named(prepared.frame(reader, "funnel/times/times", TIME_DTYPES), prepared)
    overall = times
    if prepared.question.breakdown:
        # Percentiles of parts give none of the whole.
        whole = prepared.frame(reader, "funnel/times/times", TIME_DTYPES, breakdown=None)
        overall = _named(whole, prepared)
    spread = prepared.frame(
        reader,
        "funnel/times/time_distribution",
        {"step": COUNT, "bin": COUNT, "units": COUNT},
        bounds=[float(bound) for bound in BOUNDS],
    )
    return Durations(times, overall, _binned(_named(spread, prepared)))


def _named(rows: pd.DataFrame, prepared: Prepared) -> pd.DataFrame:
    """Write the steps' names for their numbers; number 0, from first to last, goes last."""
    labels = prepared.laid_out.set_index("step")["label"]
    names = dict(enumerate(prepared.required, 1)) | {0: ""}
    whole = rows["step"] == 0
    ordered = rows.assign(whole=whole).sort_values(
        [*(["position"] if "position" in rows else []), "whole", "step"], kind="stable"
    )
    step = ordered["step"].map(names).astype(TEXT)
    label = step.map(labels.to_dict() | {"": "first to last"}).astype(TEXT)
    return ordered.assign(step=step, label=label).drop(columns="whole").reset_index(drop=True)


def _binned(rows: pd.DataFrame) -> pd.DataFrame:
    """Write each bin's bounds for its number, and its share of all units of the step."""
    return rows.assign(
        from_seconds=rows["bin"].map(dict(enumerate([0, *BOUNDS]))).astype(SHARE),
        to_seconds=rows["bin"].map(dict(enumerate(BOUNDS))).astype(SHARE),
        share=rows["units"].astype(SHARE) / rows.groupby("step")["units"].transform("sum"),
    ).drop(columns="bin")
