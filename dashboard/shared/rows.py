"""Showing a frame's rows as a table, in the workspace zone, with its export below."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.shared.formats import UNKNOWN
from dashboard.shared.view import View, csv_button


def show_rows(
    frame: pd.DataFrame,
    columns: Mapping[str, str | ColumnConfig],
    name: str,
    alt: str,
    view: View,
    *,
    null: str = UNKNOWN,
) -> None:
    """Show the named columns under their labels, with `null` for what is missing.

    `name` is the export's, `alt` the table's own.
    """
    if frame.empty:
        st.caption(f"No rows in this period ({view.filters.period}).")
        return
    st.dataframe(
        _local(frame, view), column_order=[*columns], column_config=dict(columns), hide_index=True,
        alt=alt, key=f"rows-{name}", placeholder=null,
    )  # fmt: skip
    csv_button(frame, name, view)


def moment_column(label: str) -> ColumnConfig:
    """Return the column configuration of a time: to the second, as the zone's clock shows it."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm:ss")


def _local(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return a copy in the zone's wall-clock times, which the browser shows as they are."""
    local = frame.copy()
    for column in local.select_dtypes("datetime"):
        aware = local[column].dt.tz_localize("UTC").dt.tz_convert(view.filters.zone)
        local[column] = aware.dt.tz_localize(None)
    return local
