"""Data anomalies: how many, which ones, and their likely causes."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.anomalies.data import (
    ANOMALY_MEANINGS,
    CAUSES,
    FUTURE_DATED,
    UNIT_ANOMALIES,
    anomalies,
    anomaly_sentence,
    name_of,
    share_words,
    stray_events,
)
from dashboard.funnel.data import Funnel
from dashboard.funnel.lists.data import MOST_LISTED, listed
from dashboard.model.formats import count
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.timelines import show_lead_rows
from dashboard.ui.view import View, literal, part

ANOMALY_PARAMETERS = ("anomaly",)
NOTHING = "none"
ANOMALY_COLUMNS: dict[str, str | ColumnConfig] = {
    "kind": "Kind",
    "label": "Step",
    "found": count_column("Found"),
    "known": count_column(
        "Of", "Units that certainly took the step: recorded, or proven and lost."
    ),
    "cause": "Likely cause",
}
ANOMALY_UNIT_COLUMNS: dict[str, str | ColumnConfig] = {
    "created_at": moment_column("Created"),
    "business_name": "Business",
    "website_url": "Website",
    "first_at": moment_column("First step"),
    "last_at": moment_column("Last step reached"),
    "lead_id": "Lead id",
}
STRAY_EVENT_COLUMNS: dict[str, str | ColumnConfig] = {
    "happened_at": moment_column("Dated"),
    "step": "Event",
    "session_id": "Session id",
    "lead_id": "Lead id",
    "event_id": "Event id",
}


def show_anomalies(view: View, funnel: Funnel) -> None:
    """Count the data anomalies and list the kind that is chosen."""
    st.subheader("Data anomalies", anchor=False)
    with part(160):
        strays = view.ask(stray_events, funnel.prepared)
        rows = anomalies(funnel, strays)
        st.markdown(literal(anomaly_sentence(funnel, rows)))
        if rows.empty:
            return
        show_rows(rows, ANOMALY_COLUMNS, "funnel-anomalies", "Data anomalies by kind", view)
        st.caption(
            f"Lost events and events out of order count {funnel.unit}s that began in the period. "
            "Orphaned events count by their own date. "
            "Future-dated events count by theirs, and past the period’s end, too."
        )
        _show_list(view, funnel, rows, strays)


def _show_list(view: View, funnel: Funnel, rows: pd.DataFrame, strays: pd.DataFrame) -> None:
    by_name = {name_of(row): row for _, row in rows.iterrows()}
    # A link may name a kind that this period does not have: it stays in the list.
    linked = [
        each
        for each in st.query_params.get_all("anomaly")
        if each not in by_name and each != NOTHING
    ]
    chosen = st.selectbox(
        "List", [NOTHING, *by_name, *linked], key="anomaly", bind="query-params", width=380
    )
    if chosen is None or chosen == NOTHING:
        return
    if chosen not in by_name:
        st.caption(f"None of that kind in this period ({view.filters.period}).")
        return
    row = by_name[chosen]
    kind = str(row["kind"])
    meaning = f"{literal(chosen)}, {share_words(row)}: {ANOMALY_MEANINGS[kind]}."
    st.markdown(f"{meaning} Likely cause: {CAUSES[kind]}")
    with part(200):
        if kind in UNIT_ANOMALIES:
            _show_units(view, funnel, str(row["step"]), kind)
        else:
            _show_events(view, strays[strays["kind"] == kind], kind)


def _show_units(view: View, funnel: Funnel, step: str, kind: str) -> None:
    found = view.ask(listed, funnel.prepared, step, UNIT_ANOMALIES[kind])
    st.caption(f"{_cut(len(found.rows), found.total)} Choose a row to open its timeline.")
    show_lead_rows(
        found.rows, ANOMALY_UNIT_COLUMNS, f"funnel-{kind}", f"{kind}: {funnel.unit}s", view
    )


def _show_events(view: View, events: pd.DataFrame, kind: str) -> None:
    total = int(events["total"].iloc[0])
    opens = (
        "Choose a row with a lead to open its timeline."
        if kind == FUTURE_DATED and events["lead_id"].notna().any()
        else "These events have no lead, so no timeline opens."
    )
    st.caption(f"{_cut(len(events), total)} {opens}")
    show = show_lead_rows if kind == FUTURE_DATED else show_rows
    show(
        events.reset_index(drop=True),
        STRAY_EVENT_COLUMNS,
        f"funnel-{kind}",
        f"{kind}: events",
        view,
    )


def _cut(shown: int, total: int) -> str:
    if shown < total:
        return f"The newest {count(MOST_LISTED)} of {count(total)}."
    return f"All {count(total)}." if total > 1 else "The only one."
