"""Rows that open the trace of a lead, on the Leads page and over the same source and period."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.shared.rows import show_rows
from dashboard.shared.view import View


def show_traceable_rows(
    rows: pd.DataFrame,
    columns: Mapping[str, str | ColumnConfig],
    name: str,
    alt: str,
    view: View,
) -> None:
    """Show rows; the one that is chosen opens the trace of its `lead_id`, if it has one."""
    generation = st.session_state.get(f"{name}-generation", 0)
    chosen = show_rows(rows, columns, name, alt, view, select=True, generation=generation)
    if chosen is None:
        return
    lead_id = rows["lead_id"].iloc[chosen]
    if pd.notna(lead_id):
        # A table that stayed ticked would open the same trace again on the way back.
        st.session_state[f"{name}-generation"] = generation + 1
        open_trace(str(lead_id))


def open_trace(lead_id: str) -> None:
    """Go to a lead's trace. The header keeps its choice, and writes it into the link itself."""
    leads = st.Page(lambda: None, title="Leads", url_path="leads")
    st.switch_page(leads, query_params={"lead": lead_id})
