"""The tracking plan's states in words: the verdict, each silence, and the cells of tables."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.coverage.plan_columns import (
    BELOW_USUAL,
    LIVE,
    NEVER_RECORDED,
    NOT_IMPLEMENTED,
    OWN_WEEK,
    SILENT,
    TOO_FEW_TO_TELL,
)
from dashboard.coverage.plan_data import EventlessLeads, PlanStates
from dashboard.coverage.rhythms import LEADS_UPSTREAM
from dashboard.model.filters import Filters
from dashboard.model.formats import UNKNOWN, count, counted, duration, share

PLAN_STATES = (LIVE, SILENT, BELOW_USUAL, TOO_FEW_TO_TELL, NEVER_RECORDED, NOT_IMPLEMENTED)
LEAST_CHANCE = 1e-9


def plan_verdict(states: PlanStates) -> str:
    """Return the section's first sentence: which steps are silent, were, or were never recorded."""
    silent = states.silences[states.silences["next_at"].isna()]
    if len(silent):
        return f"{_names(silent, states)} {'is' if len(silent) == 1 else 'are'} silent"
    if len(states.silences):
        number = counted(len(states.silences), "silence")
        return f"{number} in this period: {_names(states.silences, states)}"
    never = int((states.steps["state"] == NEVER_RECORDED).sum())
    if never:
        verb = "was" if never == 1 else "were"
        return (
            f"{count(never)} of {counted(len(states.steps), 'planned step')} {verb} never recorded"
        )
    return "No planned step fell silent"


def plan_verdict_details(states: PlanStates) -> str:
    """Return the number of steps in each state, and the evidence for the verdict."""
    numbers = states.steps["state"].value_counts()
    of_states = [f"{count(int(numbers[each]))} {each}" for each in PLAN_STATES if each in numbers]
    planned = counted(len(states.steps), "planned step")
    return (
        f"Of {planned}, as of {states.filters.shown(states.clock)}: {', '.join(of_states)}. "
        f"{_rests_on(states.stretches)} Period: {states.filters.period}."
    )


def silence_sentence(silence: Mapping[Any, Any], usual_gap: Any, states: PlanStates) -> str:
    """Return a sentence on when a step is or was silent, and how unusual that is."""
    filters = states.filters
    since = filters.shown(silence["last_at"])
    over = pd.notna(silence["next_at"])
    when = f"from {since} to {filters.shown(silence['next_at'])}" if over else f"since {since}"
    hours = counted(int(silence["hours"]), "whole hour")
    gap = "" if pd.isna(usual_gap) else f" 19 of 20 gaps last {gap_words(usual_gap)}."
    return (
        f"silent {when}: {hours} without an event{_days(silence)}.{gap} "
        f"{_expected(silence, states)} from its own week: {chance_words(silence['own_chance'])}."
    )


def contradictions(states: PlanStates) -> list[str]:
    """Return a sentence for each recorded step that the plan declares as not implemented."""
    found = states.steps[~states.steps["implemented"] & states.steps["first_at"].notna()]
    return [
        f"The plan says that {row['label']} is not implemented, but it is recorded since "
        f"{states.filters.shown(row['first_at'])}. Delete “implemented = false” in the plan."
        for row in found.to_dict("records")
    ]


def chance_words(chance: object) -> str:
    """Write how rare something is: about 1 in 120."""
    if not isinstance(chance, float) or pd.isna(chance):
        return UNKNOWN
    if chance < LEAST_CHANCE:
        return "less than 1 in a billion"
    if chance > 0.5:
        return "nothing unusual"
    return f"about 1 in {count(_two_digits(1 / chance))}"


def gap_words(hours: Any) -> str:
    """Write a usual gap, known to the hour."""
    return f"up to {duration(timedelta(hours=int(hours)))}" if hours else "under 1 h"


def declared(implemented: bool, staff: bool) -> str:
    """Write how the plan declares a step."""
    return f"{'implemented' if implemented else 'not implemented'}{', by staff' if staff else ''}"


def shown_steps(states: PlanStates) -> pd.DataFrame:
    """Return the steps with text columns for people, beside the raw columns."""
    steps = states.steps
    labels = dict(zip(steps["step"], steps["label"], strict=True))
    rows = steps.to_dict("records")
    return steps.assign(
        declared=[declared(row["implemented"], row["staff"]) for row in rows],
        usual_gap=[_known(row["usual_gap_hours"], gap_words) for row in rows],
        by_itself=[chance_words(row["own_chance"]) for row in rows],
        by_upstream=[chance_words(row["chance"]) for row in rows],
        after=[_known(row["upstream"], lambda name: upstream_label(name, labels)) for row in rows],
    )


def upstream_label(name: str, labels: Mapping[str, str]) -> str:
    """Write the label of a step's upstream."""
    return "new leads" if name == LEADS_UPSTREAM else labels.get(name, name)


def eventless(leads: EventlessLeads, filters: Filters) -> str:
    """Return a sentence on the leads without any event, and why they may not be a loss."""
    if not leads.leads:
        return f"No lead was created in this period ({filters.period})."
    found = (
        f"{count(leads.without_events)} of {counted(leads.leads, 'lead')} "
        f"({share(leads.without_events, leads.leads)}) "
        f"{'has' if leads.without_events == 1 else 'have'} no event at all."
    )
    if leads.tracking_began_at is None:
        return f"{found} No event is recorded anywhere: tracking may not have existed."
    if not leads.before_tracking:
        return f"{found} That is no proof of a loss."
    return (
        f"{found} {count(leads.before_tracking)} of them are older than the first event "
        f"({filters.shown(leads.tracking_began_at)}): tracking may not have existed for them."
    )


def _rests_on(stretches: int) -> str:
    if not stretches:
        return "No step has enough events to find past silences."
    return (
        f"{counted(stretches, 'stretch', 'stretches')} without an event "
        f"{'was' if stretches == 1 else 'were'} tested; "
        "at most 1 in 100 is called a silence by chance."
    )


def _names(silences: pd.DataFrame, states: PlanStates) -> str:
    named = silences["step"].tolist()
    return ", ".join(states.steps.loc[states.steps["step"].isin(named), "label"])


def _days(silence: Mapping[Any, Any]) -> str:
    first, last = silence["first_day"], silence["last_day"]
    if pd.isna(first):
        return ""
    return f" (all of {first})" if first == last else f" (all of {first} to {last})"


def _expected(silence: Mapping[Any, Any], states: PlanStates) -> str:
    if silence["told_by"] == OWN_WEEK:
        return "Few or no new leads came meanwhile. Chance of none"
    labels = dict(zip(states.steps["step"], states.steps["label"], strict=True))
    upstream = upstream_label(silence["upstream"], labels)
    return (
        f"Meanwhile {upstream} continued: about {silence['expected']:,.0f} were expected. "
        f"Chance of none: {chance_words(silence['chance'])};"
    )


def _known(value: Any, write: Any) -> str:
    return UNKNOWN if pd.isna(value) else str(write(value))


def _two_digits(number: float) -> int:
    """Round to two significant digits; more would be false precision."""
    return int(float(f"{number:.1e}")) if number >= 100 else round(number)
