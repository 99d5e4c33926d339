"""Who stands on a step: the units behind every figure of the funnel, and events without unit."""

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.shared.filters import Filters

Outcome = Literal[
    "count", "converted", "dropped", "in_progress", "with_event", "lost_at_least", "reversed",
    "behind_a_loss",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
UNITS = {
    "lead_id": TEXT, "created_at": MOMENT, "business_name": TEXT, "website_url": TEXT,
    "value": TEXT, "reach": COUNT, "first_at": MOMENT, "last_at": MOMENT, "total": COUNT,
}  # fmt: skip
STRAYS = {
    "kind": TEXT, "event_id": TEXT, "lead_id": TEXT, "session_id": TEXT, "step": TEXT,
    "happened_at": MOMENT, "total": COUNT,
}  # fmt: skip
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Listed:
    """A list of units, cut at MOST_ROWS; `total` is how many there are.

    `rows` has one row per unit, newest first: `lead_id` (its first lead, whose trace it opens),
    `created_at`, `business_name`, `website_url`, `value` (its part of the breakdown), `reach` (how
    many required steps its chain has), `first_at`, `last_at` (of the chain; null without one).
    """

    rows: pd.DataFrame
    total: int


def listed(
    reader: Reader, filters: Filters, prepared: Prepared, step: str, outcome: Outcome, *,
    value_position: int | None = None,
) -> Listed:  # fmt: skip
    """List who makes up one figure of the steps table; raises DatabaseProblem.

    `step` is a recorded step of the funnel and `value_position` a part of its breakdown.
    """
    rows = prepared.frame(
        reader, "funnel/listed", UNITS, step=prepared.slots.index(step) + 1, outcome=outcome,
        value_position=value_position, row_limit=MOST_ROWS, first_row=0,
    )  # fmt: skip
    return Listed(rows.drop(columns="total"), int(rows["total"].iloc[0]) if len(rows) else 0)


def stray_events(reader: Reader, filters: Filters, prepared: Prepared) -> pd.DataFrame:
    """Return events of the funnel's steps that no unit has, by `kind`, newest first.

    `orphan`: without a lead, or of a lead that isn't there, and (where leads are merged) of a
    session that has no single submission. `future`: dated after the clock. At most MOST_ROWS of a
    kind, `total` says how many there are. Raises DatabaseProblem.
    """
    merges = prepared.question.reading != "recorded"
    return prepared.frame(
        reader, "funnel/stray_events", STRAYS, reading_merges=merges, row_limit=MOST_ROWS
    )
