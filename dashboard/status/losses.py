"""Submissions with a provable loss: a step that a later one proves is recorded nowhere."""

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from dashboard.database.reading import COUNT, DAY, MOMENT, TEXT, Reader
from dashboard.funnel.listed import listed
from dashboard.funnel.prepared import Prepared, prepare
from dashboard.funnel.question import FunnelQuestion
from dashboard.shared.filters import Filters
from dashboard.shared.tracking_plan import TrackingPlan

MOST_EXAMPLES = 20
LOST = {"period": DAY, "units": COUNT, "events": COUNT, "first_at": MOMENT, "last_at": MOMENT}
KIND = {"kind": TEXT, "submissions": COUNT}
EXAMPLE = {"kind": TEXT, "lead_id": TEXT, "begun_at": MOMENT, "website_url": TEXT}


@dataclass(frozen=True)
class Losses:
    """Distinct submissions begun in the period with a proof of something recorded nowhere.

    `total` is a lower bound; `first_at` and `last_at` (UTC) are when the first and last of them
    began. `by_kind`: `kind`, `submissions` (one may be of several kinds). `examples`, the newest
    first: `kind`, `lead_id` (of the submission's first lead), `begun_at`, `website_url`.
    """

    total: int
    first_at: datetime | None
    last_at: datetime | None
    by_kind: pd.DataFrame = field(repr=False)
    examples: pd.DataFrame = field(repr=False)


def provable_losses(reader: Reader, filters: Filters, plan: TrackingPlan) -> Losses:
    """Count the submissions that lack a step which a later one proves; raises DatabaseProblem."""
    prepared = prepare(reader, filters, plan, FunnelQuestion())
    lost = lost_per_period(reader, filters, prepared, "month")
    examples = _examples(reader, filters, plan, prepared.slots if len(lost) else [], prepared)
    by_kind = examples.drop_duplicates("kind").rename(columns={"total": "submissions"})
    newest = examples.sort_values("begun_at", ascending=False, ignore_index=True)
    return Losses(
        int(lost["units"].sum()),
        _moment(lost["first_at"].min()),
        _moment(lost["last_at"].max()),
        by_kind[[*KIND]].astype(KIND).reset_index(drop=True),
        newest[[*EXAMPLE]].head(MOST_EXAMPLES),
    )


def lost_per_period(
    reader: Reader, filters: Filters, prepared: Prepared, grain: str
) -> pd.DataFrame:
    """Return what was lost by the day, week or month in which the submission began.

    One row per `period` (local day) with a loss: `units`, `events` of theirs that are lost,
    `first_at` and `last_at` (UTC) of these units. Raises DatabaseProblem.
    """
    return prepared.frame(
        reader, "status/losses_per_period", LOST, grain=grain, zone=filters.zone.key
    )


def _examples(
    reader: Reader, filters: Filters, plan: TrackingPlan, steps: list[str], prepared: Prepared
) -> pd.DataFrame:
    """List the newest submissions of each step that was lost, and how many there are (`total`)."""
    columns = {**EXAMPLE, "total": COUNT}
    found = [pd.DataFrame(columns=[*columns]).astype(columns)]
    for step in steps:
        lost = listed(reader, filters, prepared, step, "lost_at_least")
        rows = lost.rows.head(MOST_EXAMPLES).rename(columns={"created_at": "begun_at"})
        found.append(
            rows.assign(kind=plan.label(step), total=lost.total)[[*columns]].astype(columns)
        )
    return pd.concat(found, ignore_index=True)


def _moment(found: object) -> datetime | None:
    return found.to_pydatetime() if isinstance(found, pd.Timestamp) else None
