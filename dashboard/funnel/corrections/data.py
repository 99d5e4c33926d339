"""The three corrections side by side: what matching and correcting change at each step, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Merged:
    """What merging made of the leads of the period's submissions.

    `sessionless` leads have no session id; `ambiguous` ones have an ambiguous match: the number of
    submissions is right, who is who is not.
    """

    leads: int
    submissions: int
    sessionless: int
    ambiguous: int
    pairing: Pairing


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
    rows = funnels["corrected"].steps[["step", "label", "lost_at_least", "out_of_order"]].copy()
    for correction, funnel in funnels.items():
        rows[correction] = funnel.steps["count"].astype(COUNT)
    rows["by_matching"] = rows["matched"] - rows["raw"]
    rows["by_correcting"] = rows["corrected"] - rows["matched"]
    rows["why"] = [_why(row) for row in records(rows)]
    return rows.drop(columns=["lost_at_least", "out_of_order"])


def _why(row: dict[str, Any]) -> str:
    """Say in words what changed a step's count between the corrections."""
    if row["raw"] is None:
        return "never recorded"
    joined, corrected = row["by_matching"], row["by_correcting"]
    lost, late = row["lost_at_least"], row["out_of_order"]
    words = []
    if joined:
        words.append("steps on several leads" if joined > 0 else "two leads of one submission")
    if corrected:
        causes = [f"{counted(lost, 'event')} lost"] * bool(lost)
        causes += [f"{late:,} late"] * bool(late)
        # Who gains a step that is there and in time gains it by an earlier one.
        causes += [f"{'the rest ' * bool(causes)}behind a lost or late step"] * (
            corrected > lost + late
        )
        words.append(", ".join(causes))
    return "; ".join(words) or "the same in all"


def merged(reader: Reader, filters: Filters) -> Merged:
    """Count what merging made of the period's leads; raises DatabaseProblem."""
    pairing = measure_pairing(reader, filters)
    row = reader.one("funnel/matching_summary", **period_binds(pairing, filters), **filters.binds)
    return Merged(row.leads, row.submissions, row.sessionless, row.ambiguous, pairing)
