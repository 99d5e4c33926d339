"""Sets the header's choice from a page. Call it only in a callback, before the widgets run."""

from datetime import date

import streamlit as st

from dashboard.model.filters import Filters
from dashboard.model.presets import days_link
from dashboard.model.times import to_local

# The link's parameter for the period, and the key of what carries it.
PERIOD = "period"


def choose_days(first: date, last: date) -> None:
    """Choose the days from first to last, both included."""
    st.session_state[PERIOD] = days_link((first, last))


def start_on(first: date, filters: Filters) -> None:
    """Choose the days from `first` to the period's last one; without an end, to the clock's day."""
    today = to_local(filters.clock, filters.zone).date()
    choose_days(first, max(first, filters.last_day or today))
