"""The funnel's options as widgets, all of them in the link."""

import streamlit as st

from dashboard.funnel.question import (
    CORRECTIONS,
    MOST_STEPS,
    PROPERTIES,
    UNITS,
    Correction,
    FunnelQuestion,
    Property,
    QuestionError,
    named_steps,
    typed_window,
)
from dashboard.leads.data import choices
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.status.data import events_per_step
from dashboard.ui.view import View, literal

CORRECTION_WORDS: dict[str, Correction] = {name.capitalize(): name for name in CORRECTIONS}
PROPERTY_WORDS: dict[str, Property | None] = {
    "nothing": None,
    **{name.replace("_", " "): name for name in PROPERTIES},
}
# A filter's widget has the name it has on the Leads page, so that a choice goes along.
FILTER_KEYS: dict[str, tuple[Property, str]] = {
    "sources": ("lead_source", "Source"),
    "campaigns": ("campaign", "Campaign"),
    "industries": ("industry", "Industry"),
    "statuses": ("status", "Status"),
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
        by = st.selectbox(
            "Break down by", [*PROPERTY_WORDS], key="by", bind="query-params", width=150
        )
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
            filters = _choose_filters(view)
    try:
        return FunnelQuestion(
            CORRECTION_WORDS[correction or "Corrected"],
            unit,
            *named_steps(steps, optional, plan),
            typed_window(window.strip()),
            filters,
            PROPERTY_WORDS[by],
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


def _choose_filters(view: View) -> dict[Property, tuple[str, ...]]:
    """Choose the values that units must have at entry."""
    values = view.ask(choices)
    chosen: dict[Property, tuple[str, ...]] = {}
    for key, (name, label) in FILTER_KEYS.items():
        # A value that only a link knows stays choosable, so that the link opens the same view.
        linked = [each for each in st.query_params.get_all(key) if each not in values[key]]
        picked = st.multiselect(label, [*values[key], *linked], key=key, bind="query-params")
        if picked:
            chosen[name] = tuple(picked)
    return chosen
