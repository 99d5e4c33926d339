"""The funnel's options as widgets, all of them in the link."""

import streamlit as st

from dashboard.funnel.question import (
    CORRECTIONS,
    UNITS,
    Correction,
    FunnelQuestion,
    QuestionError,
    named_steps,
    typed_window,
)
from dashboard.funnel.recording import events_per_step
from dashboard.leads.data import property_values
from dashboard.model.limits import DEFAULT_WINDOW, MOST_STEPS
from dashboard.model.properties import PROPERTIES
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.model.windows import UNLIMITED, WINDOW_EXAMPLES, shown_window
from dashboard.ui.property_filters import choose_properties
from dashboard.ui.step_choice import follow_linked_steps, offered_steps, planned_words
from dashboard.ui.view import View, literal

CORRECTION_WORDS: dict[str, Correction] = {name.capitalize(): name for name in CORRECTIONS}
BREAKDOWN_WORDS: dict[str, str | None] = {
    "none": None,
    **{each.label.lower(): each.name for each in PROPERTIES},
}
DEFAULT_WINDOW_TYPED = shown_window(DEFAULT_WINDOW)
WINDOW_HELP = f"Longest time from the first step to any other: {WINDOW_EXAMPLES} or {UNLIMITED}."


def choose_question(view: View, plan: TrackingPlan) -> FunnelQuestion | None:
    """Show the options and return the question, or None where they have none; then that is said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        correction = st.segmented_control(
            "Data correction",
            [*CORRECTION_WORDS],
            default="Corrected",
            required=True,
            key="correction",
            bind="query-params",
            help="Raw: each lead with its own events. Matched: the leads of a submission together. "
            "Corrected: a recorded step also stands for the steps it implies, "
            "and a lead for what it proves.",
        )
        by = st.selectbox("Breakdown", [*BREAKDOWN_WORDS], key="by", bind="query-params", width=150)
        with st.popover("More options"):
            steps, optional, window = _choose_steps(view, plan)
            unit = st.segmented_control(
                "Count",
                UNITS,
                default="submission",
                required=True,
                key="unit",
                bind="query-params",
                help="Visitors and organizations are counted only in corrected.",
            )
            filters = choose_properties(view.ask(property_values))
    try:
        return FunnelQuestion(
            CORRECTION_WORDS[correction or "Corrected"],
            unit,
            *named_steps(steps, optional, plan),
            typed_window(window.strip()),
            filters,
            BREAKDOWN_WORDS[by],
        )
    except QuestionError as error:
        st.info(f"{literal(str(error).capitalize())}. Change it under “More options”.")
        return None


def _choose_steps(view: View, plan: TrackingPlan) -> tuple[tuple[str, ...], frozenset[str], str]:
    """Choose the steps in their order, the optional ones, and the conversion window."""
    found = view.ask(events_per_step)["name"].dropna().tolist()
    linked = [*st.query_params.get_all("steps"), *st.query_params.get_all("optional")]
    names = offered_steps(plan, found, linked)
    words = planned_words(plan, names)
    follow_linked_steps("steps", names)
    steps = st.multiselect(
        "Steps, in order",
        names,
        key="steps",
        bind="query-params",
        max_selections=MOST_STEPS,
        format_func=lambda name: words.get(name, name),
        placeholder="The whole tracking plan",
    )
    follow_linked_steps("optional", names)
    optional = st.multiselect(
        "Optional steps",
        names,
        key="optional",
        bind="query-params",
        format_func=lambda name: words.get(name, name),
        placeholder="None" if steps else "As in the tracking plan",
    )
    window = st.text_input(
        "Conversion window",
        DEFAULT_WINDOW_TYPED,
        key="window",
        bind="query-params",
        max_chars=20,
        help=WINDOW_HELP,
    )
    return tuple(steps), frozenset(optional), window or DEFAULT_WINDOW_TYPED
