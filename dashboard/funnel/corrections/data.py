"""The three corrections side by side: what matching and correcting change at each step, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard.database.reading import COUNT, Reader
from dashboard.funnel.data import ask
from dashboard.funnel.question import CORRECTIONS, FunnelQuestion
from dashboard.matching.data import Pairing, measure_pairing, period_binds
from dashboard.model.filters import Filters
from dashboard.model.formats import counted
from dashboard.model.releases import Release
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.export import records

# Why a step is put in.
PUT_IN_BY = ["lost_at_least", "out_of_order", "by_lead"]


@dataclass(frozen=True)
class MatchingSummary:
    """How many submissions the period's leads are, and how many matches are ambiguous.

    `tracked` submissions began since the source recorded the first step, if that is given.
    `sessionless` leads have no session id; `ambiguous` ones have an ambiguous match: the number of
    submissions is right, but not which leads belong together. `visits` are leads with an address
    that is no website; no submission has them.
    """

    leads: int
    submissions: int
    tracked: int
    sessionless: int
    ambiguous: int
    visits: int
    pairing: Pairing

    def as_json(self) -> dict[str, object]:
        """Return the part `matching` of the `funnel` answer."""
        values = vars(self) | {
            "pairs": self.pairing.pairs,
            "median_lag_s": self.pairing.median_lag.total_seconds(),
        }
        del values["pairing"]
        return values


def corrections(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    question: FunnelQuestion,
    releases: Sequence[Release] = (),
) -> pd.DataFrame:
    """Count the same steps with each data correction; raises DatabaseProblem.

    One row per step: `step`, `label`, `raw` (leads), `matched`, `corrected` (submissions; null
    where the source never recorded the step), `by_matching`, `by_correcting` (the differences from
    correction to correction) and `why`. Differences are of counts, never sums of losses.
    """
    asked = replace(question, unit="submission", breakdown=None)
    funnels = {
        correction: ask(
            reader, filters, plan, replace(asked, correction=correction), releases=releases
        )
        for correction in CORRECTIONS
    }
    rows = funnels["corrected"].steps[["step", "label", *PUT_IN_BY]].copy()
    for correction, funnel in funnels.items():
        rows[correction] = funnel.steps["count"].astype(COUNT)
    rows["by_matching"] = rows["matched"] - rows["raw"]
    rows["by_correcting"] = rows["corrected"] - rows["matched"]
    rows["why"] = [_why(row) for row in records(rows)]
    return rows.drop(columns=PUT_IN_BY)


def _why(row: dict[str, Any]) -> str:
    """Say in words what changed a step's count between the corrections."""
    if row["raw"] is None:
        return "never recorded"
    joined, corrected = row["by_matching"], row["by_correcting"]
    lost, late, by_lead = (row[name] for name in PUT_IN_BY)
    words = []
    if joined:
        words.append("steps on several leads" if joined > 0 else "two leads of one submission")
    if corrected:
        causes = [counted(lost, "lost event")] * bool(lost)
        causes += [f"{late:,} out of order"] * bool(late)
        causes += [f"{by_lead:,} known from the lead only"] * bool(by_lead)
        # A unit that gains a step recorded in time gains it by correcting an earlier step.
        blocked = f"{'the rest ' * bool(causes)}blocked by an earlier gap"
        causes += [blocked] * (corrected > lost + late + by_lead)
        words.append(", ".join(causes))
    return "; ".join(words) or "the same in all"


def matching_summary(
    reader: Reader, filters: Filters, tracked_since: datetime | None = None
) -> MatchingSummary:
    """Count the period's leads and the submissions they match to; raises DatabaseProblem."""
    pairing = measure_pairing(reader, filters)
    binds = {**period_binds(pairing, filters), **filters.binds, "tracked_since": tracked_since}
    row = reader.one("funnel/matching_summary", **binds)
    return MatchingSummary(**row, pairing=pairing)
