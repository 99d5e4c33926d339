"""The binds for the questions of each family of findings.

Some binds come from the source first: lead findings need matching, and lost steps need the
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
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.races.kinds import Family
from queries import STANDING, load


@dataclass(frozen=True)
class Asking:
    """A family's questions with their binds: `races/<family>_kinds` and `…_findings`."""

    family: Family
    binds: dict[str, object]


def asking(reader: Reader, filters: Filters, plan: TrackingPlan, family: Family) -> Asking:
    """Return a family's questions with their binds; raises DatabaseProblem."""
    binds: dict[str, object] = {**filters.binds}
    if family == "organization":
        binds |= {"analysis_window": ANALYSIS_WINDOW, **clock_binds(reader, filters)}
    elif family == "lead":
        binds |= _matching(reader, filters, plan)
    elif family == "lost":
        binds |= _losses(reader, filters, plan)
    return Asking(family, binds)


def _matching(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Match only websites that may have a finding; most have one visitor and one analysis."""
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
        "clock": filters.clock,
        **matching_binds(pairing, unsettled),
    }


def _losses(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Return the funnel's own binds, so that both count the same losses."""
    prepared = prepare_funnel(reader, filters, plan, FunnelQuestion())
    own: dict[str, object] = {"start_step": plan.names[0], "kind": None, "row_limit": None}
    needed = load("races/lost_findings").params - own.keys() - STANDING
    return {"start_step": plan.names[0], **{name: prepared.binds[name] for name in needed}}
