"""Data anomalies: counted, listed, and what most likely caused them."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.anomalies.data import (
    ANOMALY_MEANINGS,
    ANOMALY_OUTCOMES,
    CAUSES,
    STRAY_KINDS,
    anomalies,
    anomaly_sentence,
    name_of,
    share_words,
)
from dashboard.funnel.data import Funnel
from dashboard.funnel.lists.data import MOST_LISTED, listed, stray_events
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
    "known": count_column("Of", "Known to have taken the step: recorded, or proved and lost."),
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
EVENTS: dict[str, str | ColumnConfig] = {
    "happened_at": moment_column("Dated"),
    "step": "Event",
    "session_id": "Session id",
    "lead_id": "Lead id",
    "event_id": "Event id",
}


def show_anomalies(view: View, funnel: Funnel) -> None:
    """Count what can't have happened as it is recorded, and list what is chosen of it."""
    st.subheader("Data anomalies", anchor=False)
    with part(160):
        strays = view.ask(stray_events, funnel.prepared)
        rows = anomalies(funnel, strays)
        st.markdown(literal(anomaly_sentence(funnel, rows)))
        if rows.empty:
            return
        show_rows(rows, ANOMALY_COLUMNS, "funnel-anomalies", "Data anomalies by kind", view)
        st.caption(
            f"Skipped and reversed count {funnel.unit}s that began in the period; orphan and "
            "future-dated ones by their own date, these also past the period’s end."
        )
        _show_list(view, funnel, rows, strays)


def _show_list(view: View, funnel: Funnel, rows: pd.DataFrame, strays: pd.DataFrame) -> None:
    by_name = {name_of(row): row for _, row in rows.iterrows()}
    # What only a link knows stays choosable: in this period there may be none of it.
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
        if kind in ANOMALY_OUTCOMES:
            _show_units(view, funnel, str(row["step"]), kind)
        else:
            _show_events(view, strays[strays["kind"] == STRAY_KINDS[kind]], kind)


def _show_units(view: View, funnel: Funnel, step: str, kind: str) -> None:
    found = view.ask(listed, funnel.prepared, step, ANOMALY_OUTCOMES[kind])
    st.caption(f"{_cut(len(found.rows), found.total)} Choose a row to open its timeline.")
    show_lead_rows(
        found.rows, ANOMALY_UNIT_COLUMNS, f"funnel-{kind}", f"{kind}: {funnel.unit}s", view
    )


def _show_events(view: View, events: pd.DataFrame, kind: str) -> None:
    total = int(events["total"].iloc[0])
    opens = (
        "Choose a row with a lead to open its timeline."
        if kind == "future-dated" and events["lead_id"].notna().any()
        else "They have no lead, so there is no trace: these are the stored rows."
    )
    st.caption(f"{_cut(len(events), total)} {opens}")
    show = show_lead_rows if kind == "future-dated" else show_rows
    show(events.reset_index(drop=True), EVENTS, f"funnel-{kind}", f"{kind}: events", view)


def _cut(shown: int, total: int) -> str:
    if shown < total:
        return f"The newest {count(MOST_LISTED)} of {count(total)}."
    return f"All {count(total)}." if total > 1 else "The only one."
