"""Showing a frame's rows as a table, in the workspace zone, with its export below."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.model.formats import UNKNOWN, percent
from dashboard.model.times import wall_clock
from dashboard.ui.view import View, csv_button

SHARE_FORMAT = "percent"
MOST_WRITTEN = 2000


def show_rows(
    frame: pd.DataFrame,
    columns: Mapping[str, str | ColumnConfig],
    name: str,
    alt: str,
    view: View,
    *,
    select: bool = False,
    export: bool = True,
    generation: int = 0,
    height: Literal["auto", "content"] = "auto",
    whole: Callable[[], pd.DataFrame] | None = None,
) -> int | None:
    """Show the named columns under their labels, and return the row chosen, if rows can be.

    `name` is the export's, `alt` the table's own. A table of another `generation` is a new one,
    on which nothing is chosen. A `height` of its content shows every row without scrolling. `whole`
    gives what is exported where the frame is a part.
    """
    if frame.empty:
        st.caption(f"No rows in this period ({view.filters.period}).")
        return None
    shown, configured = _written(_local(frame, view), columns)
    state: Any = st.dataframe(
        shown,
        column_order=[*columns],
        column_config=configured,
        hide_index=True,
        alt=alt,
        key=f"rows-{name}-{generation}",
        placeholder=UNKNOWN,
        on_select="rerun" if select else "ignore",
        selection_mode="single-row",
        height=height,
    )
    if export:
        csv_button(whole or (lambda: frame), name, view, alt)
    chosen = state.selection.rows if select else []
    return chosen[0] if chosen else None


def count_column(label: str, help_text: str | None = None) -> ColumnConfig:
    """Return the column configuration of a count: thousands separated, as everywhere else."""
    return st.column_config.NumberColumn(label, format="localized", help=help_text)


def share_column(label: str, help_text: str | None = None) -> ColumnConfig:
    """Return the column configuration of a share (0–1): in percent, written as in a sentence."""
    return st.column_config.NumberColumn(label, format=SHARE_FORMAT, help=help_text)


def moment_column(label: str) -> ColumnConfig:
    """Return the column configuration of a time: to the second, as the zone's clock shows it."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm:ss")


def _local(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return a copy in the zone's wall-clock times, which the browser shows as they are."""
    local = frame.copy()
    for column in local.select_dtypes("datetime"):
        local[column] = wall_clock(local[column], view.filters.zone)
    return local


def _written(
    frame: pd.DataFrame, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame | Styler, dict[str, Any]]:
    """Return the frame with its shares in words, and columns that leave them so.

    Streamlit's own percent has two decimals, one or none. More rows than anybody reads keep it.
    """
    shares = [name for name, column in columns.items() if _format(column) == SHARE_FORMAT]
    if not shares or len(frame) > MOST_WRITTEN:
        return frame, dict(columns)
    left = {name: _without_format(columns[name]) for name in shares}
    return frame.style.format(dict.fromkeys(shares, _share), na_rep=UNKNOWN), {**columns, **left}


def _share(value: Any) -> str:
    return percent(float(value))


def _format(column: Any) -> str | None:
    """Return the format of a column of numbers, None for any other."""
    kind = {} if isinstance(column, str) else column["type_config"]
    return kind.get("format") if kind.get("type") == "number" else None


def _without_format(column: Any) -> Any:
    return {**column, "type_config": {**column["type_config"], "format": None}}
