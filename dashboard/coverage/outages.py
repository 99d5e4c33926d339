"""The outages of the tracker: planned steps that stopped or never began, though visitors go on.

Only steps that another planned step needs can be missed: an optional step or a payment may never
happen. A step that was never recorded is missed by FEW units that took the step before it, once
their conversion window is closed: its own usual time is unknown. An analyzed lead proves a start
and a completion at once, so the first step has no such delay. Without any planned step in the
source, one analyzed lead is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from dashboard.coverage.plan_columns import (
    BELOW_USUAL,
    NEVER_RECORDED,
    NOT_IMPLEMENTED,
    SILENT,
)
from dashboard.coverage.plan_data import PlanStates
from dashboard.coverage.rhythms import LEADS_UPSTREAM
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted
from dashboard.model.limits import ANALYSIS_WINDOW, DEFAULT_WINDOW, FEW
from dashboard.model.periods import ONE_DAY
from dashboard.model.tracking_plan import TrackingPlan


@dataclass(frozen=True)
class Outage:
    """Steps that are missing together.

    `stopped` steps were recorded until about `since`, when the first of them in the plan was last
    recorded; their `upstream` still is. Others were never recorded, and `since` is when the first
    unit took their `upstream` ('': was analyzed). `units` counts those units, or the leads analyzed
    after the stop: leads, or sessions where events have no lead.
    """

    steps: tuple[str, ...]
    since: datetime | None
    units: int
    upstream: str = LEADS_UPSTREAM
    stopped: bool = False
    tracking_is_off: bool = False


def outages(reader: Reader, states: PlanStates, plan: TrackingPlan) -> list[Outage]:
    """Return the outages that last at the clock of `states`, the stopped steps first.

    Raises DatabaseProblem.
    """
    return [*_stopped(reader, states), *_never_recorded(reader, states, plan)]


def described(outage: Outage, plan: TrackingPlan, filters: Filters) -> str:
    """Say what is missing, since when, and how many units came meanwhile."""
    planned = [step.name for step in plan.steps if not step.staff]
    if outage.tracking_is_off or {*planned} <= {*outage.steps}:
        return _tracking_off(outage, len(planned), filters)
    labels = ", ".join(plan.label(each) for each in outage.steps)
    at = filters.shown(outage.since) if outage.since else ""
    if outage.stopped:
        live = f", while {plan.label(outage.upstream)} is still recorded" if outage.upstream else ""
        return f"{labels} stopped at {at}{live}, {counted(outage.units, 'lead')} analyzed meanwhile"
    since = f" since {at}" if at else ""
    before = (
        f"{counted(outage.units, 'submission')} reached {plan.label(outage.upstream)}"
        if outage.upstream
        else f"{counted(outage.units, 'lead')} analyzed"
    )
    verb = "was" if len(outage.steps) == 1 else "were"
    return f"{before}{since}, but {labels} {verb} never recorded"


def _tracking_off(outage: Outage, planned: int, filters: Filters) -> str:
    """Say that no planned step is recorded, and since when."""
    since = f" since {filters.shown(outage.since)}" if outage.since else ""
    return (
        f"{counted(outage.units, 'lead')} analyzed, 0 of {count(planned)} steps recorded{since}: "
        f"tracking is off{'' if outage.stopped else ', or was never on'}"
    )


def _stopped(reader: Reader, states: PlanStates) -> list[Outage]:
    """Return the silent steps, with those that are below usual because their upstream is silent.

    Where no lead was analyzed since, nobody came: that is none.
    """
    steps = states.steps[~states.steps["staff"]].dropna(subset="last_at")
    made = [_outage(reader, states, each) for each in _stopped_together(steps)]
    missed = [each for each in made if each.units]
    silent = {step for each in missed for step in each.steps}
    upstreams = zip(steps["step"], steps["upstream"], strict=True)
    live = {step: upstream for step, upstream in upstreams if upstream not in silent}
    return [replace(each, upstream=live.get(each.steps[0], LEADS_UPSTREAM)) for each in missed]


def _stopped_together(steps: pd.DataFrame) -> list[dict[str, datetime]]:
    """Return the steps of each outage, with when they were last recorded, in the plan's order.

    A step belongs to an outage that its upstream belongs to, or that began within a day of it.
    """
    found: list[dict[str, datetime]] = []
    for row in steps[steps["state"].isin([SILENT, BELOW_USUAL])].to_dict("records"):
        last_at = row["last_at"].to_pydatetime()
        shared = [each for each in found if _together(each, row["upstream"], last_at)]
        if shared:
            shared[0][row["step"]] = last_at
        elif row["state"] == SILENT:
            found.append({row["step"]: last_at})
    return found


def _together(stopped: Mapping[str, datetime], upstream: str, last_at: datetime) -> bool:
    began = min(stopped.values())
    return last_at >= began - ONE_DAY if upstream in stopped else abs(last_at - began) <= ONE_DAY


def _outage(reader: Reader, states: PlanStates, stopped: Mapping[str, datetime]) -> Outage:
    # The plan's first step: a rare step's last event may be hours older, a late one's younger.
    since = next(iter(stopped.values()))
    # The leads of the last submissions come up to an analysis later.
    begin = since + ANALYSIS_WINDOW
    leads = reader.one("coverage/analyzed_leads", since=begin, until=states.clock).leads
    return Outage(tuple(stopped), since, leads, stopped=True)


def _never_recorded(reader: Reader, states: PlanStates, plan: TrackingPlan) -> list[Outage]:
    """Return the never-recorded steps that other steps need, by the upstream they have in common.

    Returns at most one outage for each upstream.
    """
    absent = states.steps["state"].isin([NEVER_RECORDED, NOT_IMPLEMENTED])
    recorded = {*states.steps.loc[~absent, "step"]}
    missing = _missed_steps(states, plan)
    by_upstream: dict[str, list[str]] = {}
    for step in missing:
        upstream = next((each for each in plan.implied(step) if each in recorded), LEADS_UPSTREAM)
        by_upstream.setdefault(upstream, []).append(step)
    found = (
        _analyzed(reader, states, steps, tracking_is_off=not recorded)
        if upstream == LEADS_UPSTREAM
        else _downstream(reader, states, upstream, steps)
        for upstream, steps in by_upstream.items()
    )
    return [each for each in found if each]


def _missed_steps(states: PlanStates, plan: TrackingPlan) -> list[str]:
    needed = {step.implies for step in plan.steps}
    never = states.steps[(states.steps["state"] == NEVER_RECORDED) & ~states.steps["staff"]]
    return [step for step in never["step"] if step in needed]


def _analyzed(
    reader: Reader, states: PlanStates, steps: Sequence[str], *, tracking_is_off: bool
) -> Outage | None:
    row = reader.one("coverage/analyzed_leads", since=None, until=states.clock)
    if row.leads < (1 if tracking_is_off else FEW):
        return None
    return Outage(tuple(steps), row.first_at, row.leads, tracking_is_off=tracking_is_off)


def _downstream(
    reader: Reader, states: PlanStates, upstream: str, steps: Sequence[str]
) -> Outage | None:
    """Return the steps after `upstream`; the units are those whose window is closed."""
    if states.clock - datetime.min < DEFAULT_WINDOW:
        return None
    found = reader.frame(
        "coverage/units_per_step",
        {"step": TEXT, "units": COUNT, "first_at": MOMENT},
        steps=[upstream],
        since=datetime.min,
        until=states.clock - DEFAULT_WINDOW,
    )
    units = int(found["units"].sum())
    if units < FEW:
        return None
    return Outage(tuple(steps), found["first_at"].min().to_pydatetime(), units, upstream)
