"""Sets the header's choice from a page. Call it only in a callback, before the widgets run."""

from datetime import date

import streamlit as st

from dashboard.model.filters import CUSTOM_RANGE


def choose_days(first: date, last: date | None = None) -> None:
    """Choose the days from first to last, both included; without `last`, the end stays."""
    for key, day in (("from", first), ("to", last)):
        if day is None:
            continue
        if key not in st.session_state:
            # Session state alone does not change the link before the widget first appears.
            st.query_params[key] = day.isoformat()
        st.session_state[key] = day
    st.session_state["range"] = CUSTOM_RANGE
