"""Who stands on a step: one figure of the steps table opened, each row leading to its trace."""

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.agreement import Check
from dashboard.funnel.data import Funnel
from dashboard.funnel.listed import MOST_ROWS, Outcome, listed
from dashboard.shared.formats import count, counted
from dashboard.shared.rows import count_column, moment_column
from dashboard.shared.traces import show_traceable_rows
from dashboard.shared.view import View

OUTCOMES: dict[str, Outcome] = {
    "reached it": "count", "went on": "converted", "dropped here": "dropped",
    "still on the way": "in_progress", "have its event": "with_event",
    "lost its event": "lost_at_least", "event after its proof": "reversed",
}  # fmt: skip
COLUMNS: dict[str, str | ColumnConfig] = {
    "created_at": moment_column("Created"), "business_name": "Business", "website_url": "Website",
    "reach": count_column("Steps reached"), "first_at": moment_column("First step"),
    "last_at": moment_column("Latest step"),
}  # fmt: skip


def show_list(view: View, funnel: Funnel) -> Check | None:
    """Offer every figure as a list; returns the list's length beside the figure, or None."""
    labels = dict(zip(funnel.recorded["step"], funnel.recorded["label"], strict=True))
    st.subheader(f"Which {funnel.unit}s", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = st.selectbox(
            "Step", [*labels], index=None, format_func=str, key="step", bind="query-params",
            placeholder="Click a bar, or choose", width=260,
        )  # fmt: skip
        words = st.selectbox(
            "That", [*OUTCOMES], index=2, key="outcome", bind="query-params", width=200
        )
    if step is None or step not in labels:
        st.caption("Choose a step, or click its bar, to see who reached it and who did not.")
        return None
    outcome = OUTCOMES[words]
    figure = funnel.figure(step, outcome)
    if figure is None:
        st.caption("Not known in the reading recorded: what one lead lacks, another may have.")
        return None
    return _show_rows(view, funnel, step, words, figure)


def _show_rows(view: View, funnel: Funnel, step: str, words: str, figure: int) -> Check:
    found = view.ask(listed, funnel.prepared, step, OUTCOMES[words])
    label = funnel.label(step)
    st.markdown(
        f"**{counted(found.total, funnel.unit)}** on “{label}”: {words}. "
        f"The figure above says {count(figure)}."
    )
    if found.total > len(found.rows):
        st.caption(f"Cut: the newest {count(MOST_ROWS)} are listed.")
    if len(found.rows):
        st.caption("Choose a row to see everything it left behind.")
    name = f"funnel-{step}-{OUTCOMES[words]}"
    show_traceable_rows(found.rows, COLUMNS, name, f"{words}: {label}", view)
    return Check(f"The open list = its figure ({label}, {words})", found.total, figure)


def choose_step(chart: str) -> None:
    """Open the step whose bar was clicked: call only from the chart's callback."""
    points = st.session_state[chart]["selection"]["points"]
    if points:
        step = points[0].get("customdata")
        st.session_state["step"] = step[0] if isinstance(step, list) else step
