"""One lead's timeline: its rows over time, the session ids side by side, and missing rows."""

from uuid import UUID

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.recorded_steps import recorded_steps
from dashboard.leads.timeline import data, figures
from dashboard.leads.timeline.data import Timeline
from dashboard.leads.timeline.missing import missing, rows_of, timeline_notes, timeline_words
from dashboard.leads.timeline.sessions import side_by_side
from dashboard.model.tracking_plan import TrackingPlan, load_plan
from dashboard.outcomes.data import lead_outcomes
from dashboard.outcomes.words import outcome_words
from dashboard.ui.rows import moment_column, show_rows
from dashboard.ui.timelines import show_way_back
from dashboard.ui.view import View, colors, literal, part

SESSIONS: dict[str, str | ColumnConfig] = {
    "where": "Where",
    "what": "What",
    "at": moment_column("Written"),
    "session_id": "Session id",
    "compared": "Whose",
    "made_at": moment_column("Id made at"),
    "age": "Age when written",
}
TIMELINE_ORGANIZATION_COLUMNS: dict[str, str | ColumnConfig] = {
    "name": "Organization",
    "website_url": "Website",
    "created_at": moment_column("Created"),
    "session_id": "Session id",
    "owner": "Owner",
}
TIMELINE_LEAD_COLUMNS: dict[str, str | ColumnConfig] = {
    "business_name": "Lead",
    "website_url": "Website",
    "created_at": moment_column("Created"),
    "session_id": "Session id",
    "of": "Submission",
    "lead_id": "Lead id",
}


def timeline_page(view: View, chosen: str) -> None:
    """Show the timeline of the lead in the link, or say why there is none."""
    with st.container(horizontal=True):
        show_way_back(chosen)
        st.button("← All leads", on_click=_forget_lead, type="tertiary")
    with part(420):
        try:
            lead_id = UUID(chosen)
        except ValueError:
            _show_nothing("This link names no lead", "A lead’s id looks like 1b4e28ba-2fa1-….")
            return
        timeline = view.ask(data.lead_timeline, lead_id)
        if timeline is None:
            _show_nothing(
                "There is no such lead here",
                "It may be in the other source (the switch above) or newer than the as-of time.",
            )
            return
        _show_timeline(timeline, view)


def _forget_lead() -> None:
    st.query_params.pop("lead", None)


def _show_nothing(what: str, next_step: str) -> None:
    st.title(what, anchor=False)
    st.markdown(next_step)


def _show_timeline(timeline: Timeline, view: View) -> None:
    st.title(literal(timeline.name), anchor=False)
    st.markdown(
        f"{literal(str(timeline.chosen['website_url'] or 'no website'))} · {rows_of(timeline)}"
    )
    plan = load_plan()
    _show_outcome(timeline, view, plan)
    # A timeline can't lack a step that the source never recorded.
    _show_missing(missing(timeline, plan, view.ask(recorded_steps, tuple(plan.names))))
    for sentence in timeline_notes(timeline):
        st.caption(sentence)
    sessions = side_by_side(timeline)
    st.plotly_chart(
        figures.time_line(timeline, view.filters.zone, colors()),
        config={"displayModeBar": False},
        key="time-line",
        alt="When the organization, the leads and the events were written",
    )
    st.caption("One color is one session id. A hollow mark has none.")
    st.subheader("In order of time, session ids side by side", anchor=False)
    show_rows(sessions, SESSIONS, "sessions", "Session ids of this timeline", view)
    st.subheader("Rows", anchor=False)
    show_rows(
        timeline.organizations,
        TIMELINE_ORGANIZATION_COLUMNS,
        "organizations",
        "Organizations",
        view,
    )
    show_rows(
        timeline_words(timeline),
        TIMELINE_LEAD_COLUMNS,
        "timeline-leads",
        "Leads of this timeline",
        view,
    )


def _show_outcome(timeline: Timeline, view: View, plan: TrackingPlan) -> None:
    """Say what became of the submission, if anything did."""
    found = view.ask(lead_outcomes, plan, (timeline.lead_id,))
    sentences = [
        sentence
        for _, outcome in found.iterrows()
        for sentence in outcome_words(outcome, view.filters, plan.label(plan.payment))
    ]
    if sentences:
        st.markdown(literal(" ".join(sentences)))


def _show_missing(found: list[str]) -> None:
    if not found:
        st.markdown("These rows prove no missing data.")
    for sentence in found:
        st.markdown(f"- {literal(sentence)}")
