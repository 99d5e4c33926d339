"""How conversion changed: by day, week or month of the submission."""

import pandas as pd

from dashboard.database.reading import COUNT, DAY, SHARE, TEXT, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.model.periods import Grain
from dashboard.model.statistics import wilson

TREND = {
    "position": COUNT,
    "value": TEXT,
    "period": DAY,
    "first": COUNT,
    "last": COUNT,
    "first_closed": COUNT,
    "last_closed": COUNT,
}


def funnel_trend(
    reader: Reader, filters: Filters, prepared: Prepared, grain: Grain, step: str | None = None
) -> pd.DataFrame:
    """Return one row per part of the breakdown (`value`) and local period; raises DatabaseProblem.

    `period` is its first day in the workspace zone; `first`, `last`: units on the first required
    step and on the last, or, for a required `step` after the first, on the one before it and on
    it; `first_closed`, `last_closed`: whose window is closed; `closed_rate`: their share, with
    its 95 % Wilson interval `low` to `high` (null where there are none);
    `closed`: no unit of the period is in progress; `so_far`: the share of all;
    `few`: the period has fewer than 30 units. No unlimited window closes.
    """
    number = None if step is None else prepared.required.index(step) + 1
    rows = prepared.frame(
        reader, "funnel/trend/trend", TREND, grain=grain, zone=filters.zone.key, step=number
    )
    return with_trend_shares(rows)


def with_trend_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay the shares, their intervals and what they are worth beside the counts."""
    limits = [wilson(*pair) for pair in zip(rows["last_closed"], rows["first_closed"], strict=True)]
    return rows.assign(
        closed_rate=rows["last_closed"].astype(SHARE)
        / rows["first_closed"].where(rows["first_closed"] > 0).astype(SHARE),
        low=pd.array([each[0] if each else None for each in limits], dtype="Float64").astype(SHARE),
        high=pd.array([each[1] if each else None for each in limits], dtype="Float64").astype(
            SHARE
        ),
        so_far=rows["last"].astype(SHARE) / rows["first"].astype(SHARE),
        closed=rows["first"] == rows["first_closed"],
        few=rows["first"] < FEW,
    )
