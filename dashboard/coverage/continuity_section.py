"""The Continuity section: the matrix of session ids per kind of row, and the rows of each cell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.coverage import continuity
from dashboard.coverage.continuity import CONTINUITY_KINDS, CONTINUITY_STATES, MOST_SUBMISSIONS
from dashboard.model.formats import count, share
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.rows import count_column, moment_column
from dashboard.ui.timelines import show_lead_rows
from dashboard.ui.view import View

NO_CELL = "choose a cell"
CELLS = {
    f"{kind}: {state}": (key, name)
    for key, kind in CONTINUITY_KINDS.items()
    for name, (state, _) in CONTINUITY_STATES.items()
}
CONTINUITY_COLUMNS: dict[str, str | ColumnConfig] = {
    "begun_at": moment_column("Begun"),
    "website_url": "Website",
    "session_id": "Visitor’s id",
    "organization_session_id": "Organization’s id",
    "event_state": "Events",
    "lead_state": "Leads",
    "organization_state": "Organization",
}


def show_continuity(view: View, plan: TrackingPlan) -> None:
    """Show the matrix, and the rows of the cell that the link names."""
    st.header("Do events, leads and organization have one session id?", anchor=False)
    found = view.ask(continuity.continuity_counts, plan)
    same, submissions = continuity.followed(found)
    if not submissions:
        st.caption(f"No submission began in this period ({view.filters.period}).")
        return
    st.markdown(
        f"{count(same)} of {count(submissions)} submissions ({share(same, submissions)}) have the "
        f"visitor’s session id on all three. Begun in: {view.filters.period}."
    )
    _show_matrix(continuity.matrix(found))
    _show_cell(view, plan)


def _show_matrix(matrix: pd.DataFrame) -> None:
    columns: dict[str, str | ColumnConfig] = {"kind": "Submissions by the session id of"}
    columns |= {
        name: count_column(label, text) for name, (label, text) in CONTINUITY_STATES.items()
    }
    st.dataframe(
        matrix.assign(kind=[*CONTINUITY_KINDS.values()]),
        column_order=[*columns],
        column_config=columns,
        hide_index=True,
        key="continuity",
        alt="Submissions by what their events, leads and organization have",
        on_select=_cell_clicked,
        selection_mode="single-cell",
    )
    st.caption(
        "Every row of the table adds up to all submissions. One different id counts before the "
        "same one. Choose a cell here or below to see its submissions."
    )


def _cell_clicked() -> None:
    selection: Mapping[str, Any] = st.session_state["continuity"]["selection"]
    for row, column in selection["cells"]:
        if column in CONTINUITY_STATES:
            st.session_state["cell"] = (
                f"{[*CONTINUITY_KINDS.values()][row]}: {CONTINUITY_STATES[column][0]}"
            )


def _show_cell(view: View, plan: TrackingPlan) -> None:
    chosen = st.selectbox(
        "Show the submissions of", [NO_CELL, *CELLS], key="cell", bind="query-params", width=420
    )
    if chosen not in CELLS:
        return
    kind, state = CELLS[chosen]
    rows = view.ask(continuity.continuity_rows, plan, kind, state)
    if len(rows) == MOST_SUBMISSIONS:
        st.caption(f"The newest {MOST_SUBMISSIONS}; a shorter period shows others.")
    if len(rows):
        st.caption("Choose a row to open its activity timeline.")
    show_lead_rows(
        _in_words(rows), CONTINUITY_COLUMNS, "continuity-rows", f"Submissions, {chosen}", view
    )


def _in_words(rows: pd.DataFrame) -> pd.DataFrame:
    labels = {name: label for name, (label, _) in CONTINUITY_STATES.items()}
    return rows.assign(**{f"{kind}_state": rows[kind].map(labels) for kind in CONTINUITY_KINDS})
