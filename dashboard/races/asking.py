"""What each family of findings is asked with: binds, read from the source where they depend on it.

The families differ in what they must know first: leads need matching, lost steps the
funnel's units.
"""

from dataclasses import dataclass

from dashboard.coverage.clock import clock_binds
from dashboard.database.reading import TEXT, Reader
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.matching.data import (
    matching_binds,
    measure_pairing,
)
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.times import now
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.races.kinds import Family
from queries import load


@dataclass(frozen=True)
class Asking:
    """A family's questions with their binds: `races/<family>_kinds` and `…_findings`."""

    family: Family
    binds: dict[str, object]


def asking(reader: Reader, filters: Filters, plan: TrackingPlan, family: Family) -> Asking:
    """Read what the family's questions need to be asked; raises DatabaseProblem."""
    binds: dict[str, object] = {**filters.binds}
    if family == "organization":
        binds |= {"analysis_window": ANALYSIS_WINDOW, **clock_binds(reader, filters)}
    elif family == "lead":
        binds |= _matching(reader, filters, plan)
    elif family == "lost":
        binds |= _losses(reader, filters, plan)
    return Asking(family, binds)


def _matching(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Match only where there may be a finding: most websites have one visitor and one analysis."""
    pairing = measure_pairing(reader, filters)
    unsettled = reader.frame(
        "races/unsettled_leads",
        {"lead_id": TEXT},
        steps=plan.names,
        analysis_window=pairing.analysis_window,
        as_of=filters.as_of,
    )["lead_id"].tolist()
    return {
        "steps": plan.names,
        "clock": filters.as_of or now(),
        **matching_binds(pairing, unsettled),
    }


def _losses(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Follow submissions as the funnel does, so that both count the same losses."""
    prepared = prepare_funnel(reader, filters, plan, FunnelQuestion())
    own: dict[str, object] = {"start_step": plan.names[0], "kind": None, "row_limit": None}
    needed = load("races/lost_findings").params - own.keys()
    return {"start_step": plan.names[0], **{name: prepared.binds[name] for name in needed}}
