"""Coverage: the tracking plan beside the data."""

import streamlit as st

from dashboard.coverage.plan_section import show_plan
from dashboard.shared.view import View


def coverage_page(view: View) -> None:
    """Show the page from top to bottom."""
    st.title("Coverage", anchor=False)
    show_plan(view)
