"""The Clock section: how far rows are ahead of their session ids, and the real lag."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.coverage import data
from dashboard.coverage.clock import clock
from dashboard.coverage.words import TABLE_NAMES, clock_verdict, odd_ids_sentence, shown_offset
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.view import View

CLOCK_COLUMNS: dict[str, str | ColumnConfig] = {
    "name": "Table",
    "from": moment_column("First row"),
    "to": moment_column("Last row"),
    "offset": st.column_config.TextColumn(
        "Clock is", help="Of the rows against the session ids: a multiple of 15 minutes."
    ),
    "sessions": count_column("Session ids", "First rows of ids that follow the pattern."),
    "at_once": count_column("Within 5 min", "The offset taken off."),
    "later": count_column("Later"),
    "younger": count_column("Id younger than its row", "Overwritten later: left out of the lag."),
    "median_lag": st.column_config.NumberColumn("Real lag, median (s)", format="%.1f"),
}


def show_clock(view: View, plan: TrackingPlan) -> None:
    """Show each table's stretches of one offset, and the ids without a time."""
    st.header("Clock", anchor=False)
    clocks = view.ask(clock)
    st.markdown(clock_verdict(clocks, view.filters))
    if len(clocks):
        show_rows(_in_words(clocks), CLOCK_COLUMNS, "clock", "Clock offsets per table", view)
    st.markdown(odd_ids_sentence(view.ask(data.coverage, plan).tables))
    st.caption(
        "A session id holds the moment it was made. Only the first row of each id is compared: "
        "later ones say how long a visitor stayed."
    )


def _in_words(clocks: pd.DataFrame) -> pd.DataFrame:
    return clocks.assign(
        name=clocks["table"].map(TABLE_NAMES),
        offset=[shown_offset(minutes) for minutes in clocks["minutes"]],
    )
