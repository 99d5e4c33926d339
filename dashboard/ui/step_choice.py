"""Steps to choose from, shown by their labels. A link holds the labels, or the steps' names."""

from collections import Counter
from collections.abc import Iterable, Mapping

import streamlit as st

from dashboard.model.limits import MOST_STEPS
from dashboard.model.tracking_plan import TrackingPlan

UNPLANNED = " (not in the plan)"


def step_words(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the words for each step name: its label, and the name where two steps share one."""
    uses = Counter(labels.values())
    return {
        name: label if uses[label] == 1 else f"{label} ({name})" for name, label in labels.items()
    }


def offered_steps(plan: TrackingPlan, recorded: Iterable[str], linked: Iterable[str]) -> list[str]:
    """Return the names to choose from: planned, recorded, and those that only the link has."""
    planned = {words: name for name, words in planned_words(plan, plan.names).items()}
    named = [planned.get(each, each.removesuffix(UNPLANNED)) for each in linked]
    return [*dict.fromkeys([*plan.names, *recorded, *named])]


def planned_words(plan: TrackingPlan, names: Iterable[str]) -> dict[str, str]:
    """Return the words for each name; those that the plan doesn't know say so."""
    return step_words(
        {name: plan.label(name) if name in plan.names else f"{name}{UNPLANNED}" for name in names}
    )


def follow_linked_step(key: str, names: Iterable[str]) -> None:
    """Begin with the step that the link names; call it before the widget of that key."""
    linked = st.query_params.get(key)
    if key not in st.session_state and linked in [*names]:
        st.session_state[key] = linked


def follow_linked_steps(key: str, names: Iterable[str]) -> None:
    """Begin with the steps that the link names; call it before the widget of that key."""
    linked = [*dict.fromkeys(st.query_params.get_all(key))][:MOST_STEPS]
    if key not in st.session_state and linked and {*linked} <= {*names}:
        st.session_state[key] = linked
