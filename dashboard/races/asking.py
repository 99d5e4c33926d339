"""What each family of findings is asked with: binds, read from the source where they depend on it.

The families differ in what they must know first: leads need merging, lost steps the funnel's units.
"""

from dataclasses import dataclass
from datetime import datetime

from dashboard.database.reading import MOMENT, TEXT, Reader
from dashboard.funnel.question import DEFAULT_WINDOW, FunnelQuestion
from dashboard.funnel.units import units_of
from dashboard.races.kinds import Family
from dashboard.shared.filters import Filters
from dashboard.shared.merging import ANALYSIS_WINDOW, measure_pairing
from dashboard.shared.times import now
from dashboard.shared.tracking_plan import TrackingPlan


@dataclass(frozen=True)
class Asking:
    """A family's questions with their binds: `races/<family>_kinds` and `…_findings`."""

    family: Family
    binds: dict[str, object]


def asking(reader: Reader, filters: Filters, plan: TrackingPlan, family: Family) -> Asking:
    """Read what the family's questions need to be asked; raises DatabaseProblem."""
    binds: dict[str, object] = {**filters.binds}
    if family == "organization":
        binds |= {"near": ANALYSIS_WINDOW}
    elif family == "lead":
        binds |= _merging(reader, filters, plan)
    elif family == "lost":
        binds |= _losses(reader, filters, plan)
    return Asking(family, binds)


def _merging(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Merge only where something is to be told: most websites have one visitor and one analysis."""
    pairing = measure_pairing(reader, filters)
    unsettled = reader.frame(
        "races/unsettled_leads", {"lead_id": TEXT},
        steps=plan.names, near=pairing.near, as_of=filters.as_of,
    )["lead_id"].tolist()  # fmt: skip
    return {
        "steps": plan.names, "clock": filters.as_of or now(), "lead_ids": unsettled,
        "near": pairing.near, "usual": pairing.usual, "margin": pairing.margin,
    }  # fmt: skip


def _losses(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Lay out steps, proofs and submissions as the funnel does, so that both count the same."""
    known = _recorded(reader, filters, plan)
    proofs = [
        (name, known.index(step) + 1)
        for name in plan.names for step in plan.implied(name) if step in known
    ]  # fmt: skip
    names = [*dict.fromkeys([*known, *(name for name, _ in proofs)])]
    units = units_of(reader, filters, FunnelQuestion(), names).binds if known else _NOBODY
    return {
        "steps": known, "proofs": [name for name, _ in proofs],
        "proves": [number for _, number in proofs], "start_step": plan.names[0], **units,
    }  # fmt: skip


_NOBODY: dict[str, object] = {
    name: []
    for name in (
        "moved_leads", "moved_units", "moved_at", "sessions", "session_units", "session_at",
    )
}  # fmt: skip


def _recorded(reader: Reader, filters: Filters, plan: TrackingPlan) -> list[str]:
    """Return the steps recorded by the end of what is looked at; others can't be called lost."""
    found = reader.frame(
        "funnel/first_recorded", {"step": TEXT, "first_at": MOMENT},
        steps=plan.names, until=_until(filters), as_of=filters.as_of,
    )["step"].tolist()  # fmt: skip
    return [name for name in plan.names if name in found]


def _until(filters: Filters) -> datetime | None:
    try:
        return filters.end_at + DEFAULT_WINDOW if filters.end_at else None
    except OverflowError:
        return None
