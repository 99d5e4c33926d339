"""The units behind each figure of the funnel, as a list."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.funnel.conversion.stretch import pair_binds, stretch_from
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.placeholder import are_named
from queries import load

ListedOutcome = Literal[
    "count",
    "converted",
    "dropped_off",
    "in_progress",
    "closed",
    "not_in_time",
    "with_event",
    "lost_at_least",
    "out_of_order",
    "by_lead",
    "blocked",
]
OUTCOMES: tuple[ListedOutcome, ...] = get_args(ListedOutcome)
LISTED_UNITS = {
    "lead_id": TEXT,
    "created_at": MOMENT,
    "business_name": TEXT,
    "website_url": TEXT,
    "value": TEXT,
    "reach": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
    "total": COUNT,
}
MOST_LISTED = 1_000


@dataclass(frozen=True)
class Listed:
    """A list of units, cut if asked; `total` counts all of them.

    `rows` has one row per unit, newest first: `lead_id` (its first lead, whose timeline it opens),
    `created_at`, `business_name` (its organization's, where the lead is a placeholder),
    `website_url`, `value` (its part of the breakdown), `reach` (how many required steps its chain
    has), `first_at`, `last_at` (of the chain; null without one).
    """

    rows: pd.DataFrame
    total: int


def listed(
    reader: Reader,
    filters: Filters,
    prepared: Prepared,
    step: str,
    outcome: ListedOutcome,
    *,
    value_position: int | None = None,
    row_limit: int | None = MOST_LISTED,
    within: timedelta | None = None,
) -> Listed:
    """List the units behind one figure of the steps table; raises DatabaseProblem.

    `step` is a recorded step of the funnel and `value_position` a part of its breakdown; without
    `row_limit` the list is not cut. Those `not_in_time` are so old that they could have reached the
    next required step `within` an age, and did not.
    """
    next_step = stretch_from(prepared, step) if outcome == "not_in_time" else None
    rows = prepared.frame(
        reader,
        "funnel/lists/listed",
        LISTED_UNITS,
        step=prepared.slots.index(step) + 1,
        outcome=outcome,
        value_position=value_position,
        # Every row has the total, so one is read even where none is wanted.
        row_limit=None if row_limit is None else max(row_limit, 1),
        within=within and within.total_seconds(),
        **pair_binds(prepared, [next_step] if next_step else []),
    )
    rows["business_name"] = _names(reader, filters, rows)
    total = int(rows["total"].iloc[0]) if len(rows) else 0
    return Listed(rows.drop(columns="total").iloc[:row_limit], total)


def _names(reader: Reader, filters: Filters, rows: pd.DataFrame) -> "pd.Series[str]":
    """Return each lead's business, where that is the placeholder its organization's name."""
    name = "funnel/lists/business_names"
    unnamed = rows.loc[~are_named(rows["business_name"]), "lead_id"]
    if unnamed.empty or reader.contract.lacks(load(name).needs):
        return rows["business_name"]
    found = reader.frame(
        name,
        {"lead_id": TEXT, "business_name": TEXT},
        lead_ids=unnamed.tolist(),
        as_of=filters.as_of,
    ).set_index("lead_id")["business_name"]
    return rows["lead_id"].map(found).astype(TEXT).fillna(rows["business_name"])
