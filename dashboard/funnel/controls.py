"""The funnel's options as widgets, all of them in the link."""

import streamlit as st

from dashboard.funnel.question import (
    CORRECTIONS,
    MOST_STEPS,
    UNITS,
    Correction,
    FunnelQuestion,
    QuestionError,
    named_steps,
    typed_window,
)
from dashboard.funnel.recording import events_per_step
from dashboard.leads.data import choices
from dashboard.model.properties import PROPERTIES
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.property_filters import choose_properties
from dashboard.ui.view import View, literal

CORRECTION_WORDS: dict[str, Correction] = {name.capitalize(): name for name in CORRECTIONS}
BREAKDOWN_WORDS: dict[str, str | None] = {
    "none": None,
    **{each.label.lower(): each.name for each in PROPERTIES},
}
USUAL_WINDOW = "30d"
WINDOW_HELP = "Longest time from the first step to any other: 45s, 90m, 36h, 30d, 2w or unlimited."


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
            help="How much repair the numbers had: as stored per lead, leads merged into "
            "submissions, or merged and with the steps that a recorded one proves.",
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
                help="Visitors and organizations are counted repaired.",
            )
            filters = choose_properties(view.ask(choices))
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
    """Choose the steps in their order, those that may be missing, and the window."""
    found = view.ask(events_per_step)["name"].dropna().tolist()
    linked = [*st.query_params.get_all("steps"), *st.query_params.get_all("optional")]
    names = [*dict.fromkeys([*plan.names, *found, *linked])]
    steps = st.multiselect(
        "Steps, in order",
        names,
        key="steps",
        bind="query-params",
        max_selections=MOST_STEPS,
        format_func=str,
        placeholder="The whole tracking plan",
    )
    optional = st.multiselect(
        "Of these may be missing", names, key="optional", bind="query-params", placeholder="None"
    )
    window = st.text_input(
        "Conversion window",
        USUAL_WINDOW,
        key="window",
        bind="query-params",
        max_chars=20,
        help=WINDOW_HELP,
    )
    return tuple(steps), frozenset(optional), window or USUAL_WINDOW
