"""The tracking plan beside the data: the state of each planned step, and the unplanned names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from dashboard.coverage.look_alikes import resembles, visible
from dashboard.coverage.plan_columns import (
    BELOW_USUAL,
    LIVE,
    NAME,
    NEVER_RECORDED,
    NOT_IMPLEMENTED,
    OWN_WEEK,
    PLAN_STEP_DTYPES,
    SILENCE_DTYPES,
    SILENT,
    TOO_FEW_TO_TELL,
    UNKNOWN_NAME_DTYPES,
    UPSTREAM,
)
from dashboard.coverage.rhythms import (
    LEADS_UPSTREAM,
    Rhythm,
    last_whole_hour,
    read_rhythms,
    upstreams,
)
from dashboard.coverage.silences import (
    NEIGHBORHOOD,
    Present,
    Stretches,
    own_chance,
    past_stretches,
    past_threshold,
    present_stretch,
    present_threshold,
    silent_places,
    usual_gap,
)
from dashboard.database.reading import MOMENT, Reader
from dashboard.model.filters import Filters
from dashboard.model.times import iso, to_local
from dashboard.model.tracking_plan import Step, TrackingPlan
from dashboard.ui.export import records

NO_NAME = "(none)"


@dataclass(frozen=True)
class EventlessLeads:
    """Leads of the period without any event; `before_tracking` are older than the first event."""

    leads: int
    without_events: int
    before_tracking: int
    tracking_began_at: datetime | None


@dataclass(frozen=True)
class PlanStates:
    """The plan beside the data up to `clock`: the period's end, the as-of time, or now (UTC).

    `steps` has one row per planned step, in the plan's order:

    - `step`, `label`, `implemented` and `staff` are as declared. `upstream` is the nearest recorded
      step that it can't happen without ('' for the leads themselves).
    - `events` counts the period. `first_at` and `last_at` cover the whole source up to the clock.
    - `state` is live, silent, below usual (as its upstream is), too few to tell, never recorded or
      not implemented.
    - `quiet_hours` is the whole hours since the last event. `expected` is the number of events that
      the upstream lets expect in them. `chance` is the probability of none by the upstream, and
      `own_chance` the probability by the step's own week.
    - `usual_gap_hours`: 19 of 20 gaps between its events are no longer.

    `silences` has one row per silence that reaches into the period, oldest first:

    - `last_at` and `next_at` are the events around it; `next_at` is null where it still lasts.
    - `hours` is its whole hours. `first_day` to `last_day` are the local days without any event,
      null where there is no such day.
    - `expected`, `chance` and `own_chance` are as above. `told_by` is the upstream. For a first
      step it is the step's own week alone; then `expected` and `chance` are null.

    `stretches` is the number of stretches that were examined for silences.

    `unknown_names` has one row per unplanned name of the period, the most frequent first. `shown`
    has hidden characters made visible. `resembles` is the planned name that it looks like, and
    `differs` is the difference. `names_left_out` counts the names beyond the limit.
    """

    filters: Filters
    clock: datetime
    steps: pd.DataFrame
    silences: pd.DataFrame
    unknown_names: pd.DataFrame
    leads: EventlessLeads
    stretches: int
    names_left_out: int

    def as_json(self) -> dict[str, object]:
        """Return everything as JSON takes it: times ISO 8601 with Z, null for what is unknown."""
        return {
            "clock": iso(self.clock),
            "steps": records(self.steps),
            "silences": records(self.silences),
            "unknown_names": records(self.unknown_names),
            "leads": {**vars(self.leads), "tracking_began_at": iso(self.leads.tracking_began_at)},
            "stretches": self.stretches,
            "names_left_out": self.names_left_out,
        }


def plan_states(reader: Reader, filters: Filters, plan: TrackingPlan) -> PlanStates:
    """Lay the plan beside the data; raises DatabaseProblem.

    Rhythms come from at most three years before the clock, whatever the period.
    """
    clock = min(each for each in (filters.end_at, filters.clock) if each)
    names = reader.frame(
        "coverage/plan_names",
        NAME,
        known=[*plan.names, *(marker.name for marker in plan.markers)],
        start_at=filters.start_at,
        until=clock,
    )
    upstream = upstreams(plan, set(names["name"].dropna()))
    rhythms = read_rhythms(reader, upstream, clock)
    stretches = {name: past_stretches(each.events, each.expected) for name, each in rhythms.items()}
    steps = _steps(plan, names, upstream, rhythms, last_whole_hour(clock))
    return PlanStates(
        filters,
        clock,
        steps,
        _silences(steps, rhythms, stretches, filters, clock),
        _unknown_names(plan, names),
        _leads(reader, filters, clock),
        sum(len(each.last) for each in stretches.values()),
        int(names["names"].max()) - len(names) if len(names) else 0,
    )


def _steps(
    plan: TrackingPlan,
    names: pd.DataFrame,
    upstream: Mapping[str, str],
    rhythms: Mapping[str, Rhythm],
    end: datetime,
) -> pd.DataFrame:
    met = {row["name"]: row for row in names.dropna(subset="name").to_dict("records")}
    threshold = present_threshold(len(plan.steps))
    rows = [
        _declared(step)
        | _met(met.get(step.name))
        | {"upstream": upstream.get(step.name)}
        | _judged(
            step,
            met.get(step.name),
            rhythms.get(step.name),
            first=upstream.get(step.name) == LEADS_UPSTREAM,
            end=end,
            threshold=threshold,
        )
        for step in plan.steps
    ]
    return pd.DataFrame(rows, columns=[*PLAN_STEP_DTYPES]).astype(PLAN_STEP_DTYPES)


def _declared(step: Step) -> dict[str, object]:
    return {
        "step": step.name,
        "label": step.label,
        "implemented": step.implemented,
        "staff": step.staff,
    }


def _met(found: Mapping[Any, Any] | None) -> dict[str, object]:
    if found is None:
        return {"events": 0}
    return {key: found[key] for key in ("events", "first_at", "last_at")}


def _judged(
    step: Step,
    met: Mapping[Any, Any] | None,
    rhythm: Rhythm | None,
    *,
    first: bool,
    end: datetime,
    threshold: float,
) -> dict[str, object]:
    if met is None:
        return {"state": NEVER_RECORDED if step.implemented else NOT_IMPLEMENTED}
    if pd.notna(met["last_at"]) and met["last_at"] >= end:
        newest = rhythm.events[-NEIGHBORHOOD:] if rhythm else None
        gap = None if newest is None else usual_gap(newest)
        return {"state": LIVE, "quiet_hours": 0, "usual_gap_hours": gap}
    found = present_stretch(rhythm.events, rhythm.expected) if rhythm else None
    if found is None:
        # Its events have no time, or are older than the rows that rhythms come from.
        return {"state": TOO_FEW_TO_TELL}
    return {
        "state": _state(found, first, threshold),
        "quiet_hours": found.hours,
        "expected": found.expected,
        "chance": found.chance,
        "own_chance": found.own_chance,
        "usual_gap_hours": found.usual_gap,
    }


def _state(found: Present, first: bool, threshold: float) -> str:
    """Return a recorded step's state; for a first step, no upstream can excuse a silence."""
    if found.own_chance > threshold:
        return TOO_FEW_TO_TELL if found.events < 2 and found.hours else LIVE
    return SILENT if first or found.chance <= threshold else BELOW_USUAL


def _silences(
    steps: pd.DataFrame,
    rhythms: Mapping[str, Rhythm],
    stretches: Mapping[str, Stretches],
    filters: Filters,
    clock: datetime,
) -> pd.DataFrame:
    """Return past silences, and those that still last."""
    looked_at = sum(len(each.last) for each in stretches.values())
    rows = [
        {"step": name, **_past(rhythms[name], found, place)}
        for name, found in stretches.items()
        for place in silent_places(rhythms[name].events, found, past_threshold(looked_at))
    ]
    silent = steps[steps["state"] == SILENT]
    rows += [_going_on(row, present_threshold(len(steps))) for row in silent.to_dict("records")]
    found = pd.DataFrame(rows, columns=[*SILENCE_DTYPES]).drop(columns=["label", "upstream"])
    found = found.merge(steps[["step", "label", "upstream"]], on="step", how="left")
    found = found.astype({key: kind for key, kind in SILENCE_DTYPES.items() if kind == MOMENT})
    found = found[found["next_at"].fillna(clock) > (filters.start_at or datetime.min)]
    days = [_whole_days(row.last_at, row.next_at, filters, clock) for row in found.itertuples()]
    found[["first_day", "last_day"]] = pd.DataFrame(days, columns=["a", "b"], index=found.index)
    return found[[*SILENCE_DTYPES]].astype(SILENCE_DTYPES).sort_values("last_at", ignore_index=True)


def _going_on(step: Mapping[Any, Any], threshold: float) -> dict[str, object]:
    """Return a silence that still lasts; a first step's upstream may have stopped with it."""
    told = UPSTREAM if step["chance"] <= threshold else OWN_WEEK
    kept = ("step", "last_at", "own_chance", *(("expected", "chance") if told == UPSTREAM else ()))
    return {key: step[key] for key in kept} | {"hours": step["quiet_hours"], "told_by": told}


def _past(rhythm: Rhythm, found: Stretches, place: int) -> dict[str, object]:
    last, following = int(found.last[place]), int(found.next[place])
    return {
        "last_at": rhythm.times[last][1],
        "next_at": rhythm.times[following][0],
        "hours": following - last - 1,
        "expected": found.expected[place],
        "chance": found.chance[place],
        "told_by": UPSTREAM,
        "own_chance": own_chance(rhythm.events, last, following),
    }


def _whole_days(
    last_at: Any, next_at: Any, filters: Filters, clock: datetime
) -> tuple[str | None, str | None]:
    """Return the first and last whole local day between two moments, or None for both."""
    first = to_local(last_at.to_pydatetime(), filters.zone).date() + timedelta(days=1)
    end = clock if pd.isna(next_at) else next_at.to_pydatetime()
    last = to_local(end, filters.zone).date() - timedelta(days=1)
    return (first.isoformat(), last.isoformat()) if first <= last else (None, None)


def _unknown_names(plan: TrackingPlan, names: pd.DataFrame) -> pd.DataFrame:
    known = [*plan.names, *(marker.name for marker in plan.markers)]
    found = names[(names["events"] > 0) & ~names["name"].isin(known)]
    rows = [
        {**row, **_looks(row["name"], known)}
        for row in found.sort_values("events", ascending=False).to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[*UNKNOWN_NAME_DTYPES]).astype(UNKNOWN_NAME_DTYPES)


def _looks(name: object, known: Sequence[str]) -> dict[str, str | None]:
    if not isinstance(name, str) or not name:
        return {"shown": NO_NAME}
    like, differs = resembles(name, known) or (None, None)
    return {"shown": visible(name), "resembles": like, "differs": differs}


def _leads(reader: Reader, filters: Filters, clock: datetime) -> EventlessLeads:
    row = reader.one("coverage/plan_leads", start_at=filters.start_at, until=clock)
    return EventlessLeads(row.leads, row.without_events, row.before_tracking, row.tracking_began_at)
