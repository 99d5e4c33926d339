"""Status: verdict, figures, newest rows, events per step, tables, the contract's findings."""

from collections.abc import Callable
from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.reading import Reader
from dashboard.shared.filters import Filters
from dashboard.shared.formats import UNKNOWN, age, count, counted, share
from dashboard.shared.rows import count_column, moment_column, show_rows
from dashboard.shared.times import now
from dashboard.shared.tracking_plan import TrackingPlan, load_plan
from dashboard.shared.view import View, colors, part
from dashboard.status import data, figures
from dashboard.status.findings import findings
from dashboard.status.verdict import verdict

MARKS = {"does not hold": "red", "cannot tell": "orange", "empty": "gray"}
ORGANIZATIONS: dict[str, str | ColumnConfig] = {
    "name": "Name", "session_id": "Session id", "website_url": "Website",
    "created_at": moment_column("Created"),
}  # fmt: skip
EVENTS: dict[str, str | ColumnConfig] = {
    "step": "Step", "at": moment_column("Time"), "session_id": "Session id",
    "website_url": "Website",
}  # fmt: skip
TABLES: dict[str, str | ColumnConfig] = {
    "table_name": "Table", "table_rows": count_column("Rows"), "newest_at": moment_column("Newest"),
}  # fmt: skip


def status_page(view: View) -> None:
    """Show the page from top to bottom; each part fails on its own."""
    plan = load_plan()
    with part(90):
        _show_verdict(view, plan)
    with part(110):
        _show_figures(view, plan)
    left, right = st.columns(2)
    with left:
        _show_recent(view, "Recent organizations", data.recent_organizations, ORGANIZATIONS)
    with right:
        _show_recent(view, "Recent tracking events", data.recent_events, EVENTS)
    left, right = st.columns(2)
    with left, part(260):
        _show_steps(view)
    with right, part(260):
        _show_tables(view)
        _show_contract(view)


def _show_verdict(view: View, plan: TrackingPlan) -> None:
    found = verdict(view.ask(data.totals), view.ask(data.lost_starts, plan), view.filters.period)
    st.title(f":{MARKS[found.kind]}[{found.sentence}]", anchor=False)
    st.markdown(found.reason)


def _show_figures(view: View, plan: TrackingPlan) -> None:
    found = view.ask(data.figures, plan)
    for place, (label, value, beside) in zip(st.columns(4), _cards(found, view, plan), strict=True):
        with place.container(border=True):
            st.metric(label, value)
            st.caption(beside)


def _cards(found: data.Figures, view: View, plan: TrackingPlan) -> list[tuple[str, str, str]]:
    """Return label, value, and what the value is a part of."""
    return [
        ("Tracking events", count(found.events), view.filters.period),
        ("Leads with events", count(found.leads_with_events),
         f"{share(found.leads_with_events, found.leads)} of {counted(found.leads, 'lead')}"),
        ("Step names", count(found.step_names),
         f"{found.planned_steps} of the plan’s {len(plan.steps)} steps among them"),
        ("Newest row", _age(found.newest_at, view),
         view.filters.shown(found.newest_at) if found.newest_at else "no row carries a time"),
    ]  # fmt: skip


def _age(newest: datetime | None, view: View) -> str:
    if newest is None:
        return UNKNOWN
    if view.filters.as_of:
        return f"{age(newest, view.filters.as_of)} then"
    return age(newest, now()).replace(" before", " ago")


def _show_recent(
    view: View,
    title: str,
    question: Callable[[Reader, Filters], pd.DataFrame],
    columns: dict[str, str | ColumnConfig],
) -> None:
    st.subheader(title, anchor=False)
    with part(240):
        show_rows(view.ask(question), columns, title.lower().replace(" ", "-"), title, view)


def _show_steps(view: View) -> None:
    steps = view.ask(data.events_per_step)
    if not steps.empty:
        st.plotly_chart(
            figures.events_per_step(steps, colors()), config={"displayModeBar": False},
            alt="Events per step name, the largest first", key="events-per-step",
        )  # fmt: skip
        with st.expander("As a table"):
            show_rows(
                steps, {"name": "Step name", "events": count_column("Events")}, "events-per-step",
                "Events per step name", view,
            )  # fmt: skip


def _show_tables(view: View) -> None:
    st.subheader("Rows per table", anchor=False)
    show_rows(view.ask(data.tables), TABLES, "rows-per-table", "Rows per table", view)


def _show_contract(view: View) -> None:
    st.subheader("What the tables guarantee", anchor=False)
    for looked_at, found in findings(view.ask(data.contract)):
        st.markdown(f"**{looked_at}:** {found}")
