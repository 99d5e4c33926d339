"""Races: the triage of an error log (the rest of the page comes with its own slice)."""

import streamlit as st

from dashboard.races.triage_section import show_triage
from dashboard.shared.tracking_plan import load_plan
from dashboard.shared.view import View


def races_page(view: View) -> None:
    """Show the page from top to bottom."""
    st.title("Races", anchor=False)
    show_triage(view, load_plan())
