"""The funnel's options as widgets, all of them in the link."""

import streamlit as st

from dashboard.funnel.question import (
    MOST_STEPS,
    PROPERTIES,
    READINGS,
    UNITS,
    FunnelQuestion,
    Property,
    QuestionError,
    Reading,
    named_steps,
    typed_window,
)
from dashboard.leads.data import choices
from dashboard.shared.tracking_plan import TrackingPlan
from dashboard.shared.view import View, literal
from dashboard.status.data import events_per_step

READING_WORDS: dict[str, Reading] = {name.capitalize(): name for name in READINGS}
PROPERTY_WORDS: dict[str, Property | None] = {
    "nothing": None, **{name.replace("_", " "): name for name in PROPERTIES},
}  # fmt: skip
# A filter's widget has the name it has on the Leads page, so that a choice goes along.
FILTER_KEYS: dict[str, tuple[Property, str]] = {
    "sources": ("lead_source", "Source"), "campaigns": ("campaign", "Campaign"),
    "industries": ("industry", "Industry"), "statuses": ("status", "Status"),
}  # fmt: skip
USUAL_WINDOW = "30d"
WINDOW_HELP = "Longest time from the first step to any other: 45s, 90m, 36h, 30d, 2w or unlimited."


def choose_question(view: View, plan: TrackingPlan) -> FunnelQuestion | None:
    """Show the options and return the question, or None where they have none; then that is said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reading = st.segmented_control(
            "Reading", [*READING_WORDS], default="Repaired", required=True,
            key="reading", bind="query-params",
            help="How much repair the numbers had: as stored per lead, leads merged into "
            "submissions, or merged and with the steps that a recorded one proves.",
        )  # fmt: skip
        by = st.selectbox(
            "Break down by", [*PROPERTY_WORDS], key="by", bind="query-params", width=150
        )
        with st.popover("More options"):
            steps, optional, window = _choose_steps(view, plan)
            unit = st.segmented_control(
                "Count", UNITS, default="submission", required=True, key="unit",
                bind="query-params", help="Visitors and organizations are counted repaired.",
            )  # fmt: skip
            filters = _choose_filters(view)
    try:
        return FunnelQuestion(
            READING_WORDS[reading or "Repaired"], unit, *named_steps(steps, optional, plan),
            typed_window(window.strip()), filters, PROPERTY_WORDS[by],
        )  # fmt: skip
    except QuestionError as error:
        st.info(f"{literal(str(error).capitalize())}. Change it under “More options”.")
        return None


def _choose_steps(view: View, plan: TrackingPlan) -> tuple[tuple[str, ...], frozenset[str], str]:
    """Choose the steps in their order, those that may be missing, and the window."""
    found = view.ask(events_per_step)["name"].dropna().tolist()
    linked = [*st.query_params.get_all("steps"), *st.query_params.get_all("optional")]
    names = [*dict.fromkeys([*plan.names, *found, *linked])]
    steps = st.multiselect(
        "Steps, in order", names, key="steps", bind="query-params", max_selections=MOST_STEPS,
        format_func=str, placeholder="The whole tracking plan",
    )  # fmt: skip
    optional = st.multiselect(
        "Of these may be missing", names, key="optional", bind="query-params", placeholder="None"
    )
    window = st.text_input(
        "Conversion window", USUAL_WINDOW, key="window", bind="query-params", max_chars=20,
        help=WINDOW_HELP,
    )  # fmt: skip
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
