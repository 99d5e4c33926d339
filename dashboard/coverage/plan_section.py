"""The tracking plan as a section of a page: verdict, figure, steps, silences, unknown names."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.coverage.plan_data import PlanStates, plan_states
from dashboard.coverage.plan_figure import plan_lanes
from dashboard.coverage.plan_words import (
    contradictions,
    eventless,
    plan_verdict,
    plan_verdict_details,
    shown_steps,
    silence_sentence,
)
from dashboard.model.formats import count
from dashboard.model.tracking_plan import load_plan
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.timelines import HEADER_PARAMETERS
from dashboard.ui.view import View, colors, literal, part

MOST_SENTENCES = 10


def minute_column(label: str) -> ColumnConfig:
    """Return the column configuration of a time, to the minute."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")


PLAN_STEP_COLUMNS: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "state": "State",
    "first_at": minute_column("First recorded"),
    "last_at": minute_column("Last recorded"),
    "events": count_column("Events", "Events of this name in the period."),
    "usual_gap": st.column_config.TextColumn(
        "Usual gap", help="19 of 20 gaps between two events last no longer; of the last 28 days."
    ),
    "quiet_hours": count_column("Hours without", "Whole hours since the last event."),
    "by_itself": st.column_config.TextColumn(
        "Chance, own week", help="How often a silence is this long in the step’s own week."
    ),
    "by_upstream": st.column_config.TextColumn(
        "Chance, upstream",
        help="How often a silence is this long while the upstream step continues.",
    ),
    "after": st.column_config.TextColumn(
        "Follows", help="The nearest recorded step that it can’t happen without."
    ),
    "declared": "Declared",
}
SILENCES: dict[str, str | ColumnConfig] = {
    "label": "Step",
    "last_at": moment_column("Last event before"),
    "next_at": moment_column("First event after"),
    "hours": count_column("Whole hours without"),
    "first_day": "First whole day",
    "last_day": "Last whole day",
    "expected": st.column_config.NumberColumn("Events expected", format="%.1f"),
    "chance": st.column_config.NumberColumn("Chance by upstream", format="scientific"),
    "own_chance": st.column_config.NumberColumn("Chance by its own week", format="scientific"),
}
UNKNOWN_NAME_COLUMNS: dict[str, str | ColumnConfig] = {
    "shown": st.column_config.TextColumn(
        "Name", help="␠ is a space at an edge, [U+…] a character that hides or misleads."
    ),
    "events": count_column("Events"),
    "resembles": "Looks like",
    "differs": "Differs in",
    "first_at": minute_column("First recorded"),
    "last_at": minute_column("Last recorded"),
}
PLAN_DEFINITIONS = """
**Silence**: a stretch of whole hours without an event of a step, while its upstream continued: the
step it can’t happen without, or new leads for a first step. Time is counted in the events that the
upstream lets expect, so nights and weekends prove nothing. Each of the K events in the 28 days
around would have fallen into the stretch with its share of what was expected: the chance that
none did is that of K misses. The step’s own week (how much it records at which hour of which
weekday) has to find it as unusual. A step with few events is never called silent.

**False alarms**: all stretches together, at most one look in 100 shows a silence that is none; the
present is judged apart, at the same rate.

**Below usual**: unusual for the step’s own week, but its upstream is below usual too, and nothing
was to be expected. A first step has no other step to excuse it and is called silent.

**Too few to tell**: recorded, but not often enough to have a rhythm.
"""


def show_plan(view: View) -> None:
    """Show the section from top to bottom."""
    st.subheader("Tracking plan", anchor=False)
    with part(420):
        states = view.ask(plan_states, load_plan())
        st.markdown(f"**{literal(plan_verdict(states))}.** {literal(plan_verdict_details(states))}")
        _show_silences(states)
        _show_steps(states, view)
        _show_names(states, view)
        _show_leads(states)
        with st.expander("What the words mean"):
            st.markdown(PLAN_DEFINITIONS)


def _show_silences(states: PlanStates) -> None:
    gaps = states.steps.set_index("step")["usual_gap_hours"]
    newest = states.silences[::-1]
    for silence in newest.head(MOST_SENTENCES).to_dict("records"):
        sentence = silence_sentence(silence, gaps[silence["step"]], states)
        st.markdown(f"- :orange[**{literal(silence['label'])}**] {literal(sentence)}")
    if len(newest) > MOST_SENTENCES:
        st.caption(f"The newest {MOST_SENTENCES} of {count(len(newest))}; the table has all.")
    for sentence in contradictions(states):
        st.markdown(f"- {literal(sentence)}")


def _show_steps(states: PlanStates, view: View) -> None:
    st.plotly_chart(
        plan_lanes(states, colors()),
        config={"displayModeBar": False},
        key="plan-lanes",
        alt=f"When each planned step was recorded. {plan_verdict(states)}.",
    )
    show_rows(
        shown_steps(states),
        PLAN_STEP_COLUMNS,
        "tracking-plan",
        "Planned steps and their state",
        view,
    )
    if len(states.silences):
        with st.expander("Silences as a table"):
            show_rows(states.silences, SILENCES, "silences", "Silences of planned steps", view)


def _show_names(states: PlanStates, view: View) -> None:
    names: pd.DataFrame = states.unknown_names
    if names.empty:
        st.markdown("**Every name in this period is in the plan.**")
        return
    st.markdown(f"**Names that are not in the plan: {count(len(names))}**")
    show_rows(names, UNKNOWN_NAME_COLUMNS, "unknown-names", "Names that are not in the plan", view)
    if states.names_left_out:
        st.caption(f"{count(states.names_left_out)} rarer names are left out.")


def _show_leads(states: PlanStates) -> None:
    st.markdown(f"**Leads without any event.** {literal(eventless(states.leads, states.filters))}")
    if states.leads.without_events:
        chosen = {
            name: st.query_params[name] for name in HEADER_PARAMETERS if name in st.query_params
        }
        st.markdown(f"[Show these leads](leads?{urlencode({**chosen, 'events': 'without'})})")
