"""Shows a frame's rows as a table, in the workspace zone, with an export below."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.reading import DAY
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
    """Show the named columns under their labels; return the number of the selected row, if any.

    `name` is the export's name and `alt` the table's. A new `generation` is a new table, without
    selection. `height="content"` shows every row without scrolling. `whole` returns the rows to
    export where the frame is only a part of them.
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
    """Return the column configuration of a count, with thousands separated."""
    return st.column_config.NumberColumn(label, format="localized", help=help_text)


def share_column(label: str, help_text: str | None = None) -> ColumnConfig:
    """Return the column configuration of a share (0–1), in percent as in the sentences."""
    return st.column_config.NumberColumn(label, format=SHARE_FORMAT, help=help_text)


def moment_column(label: str) -> ColumnConfig:
    """Return the column configuration of a time, to the second, in the workspace zone."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm:ss")


def _local(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return a copy with the zone's wall-clock times, which the browser shows unchanged.

    A local day is no moment: it stays.
    """
    local = frame.copy()
    for column in local.select_dtypes("datetime"):
        if local[column].dtype != DAY:
            local[column] = wall_clock(local[column], view.filters.zone)
    return local


def _written(
    frame: pd.DataFrame, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame | Styler, dict[str, Any]]:
    """Return the frame with its shares as text, and its columns without the number format.

    Streamlit's percent format varies its decimals. A very long table keeps that format.
    """
    shares = [name for name, column in columns.items() if _format(column) == SHARE_FORMAT]
    if not shares or len(frame) > MOST_WRITTEN:
        return frame, dict(columns)
    left = {name: _without_format(columns[name]) for name in shares}
    return frame.style.format(dict.fromkeys(shares, _share), na_rep=UNKNOWN), {**columns, **left}


def _share(value: Any) -> str:
    return percent(float(value))


def _format(column: Any) -> str | None:
    """Return the format of a column of numbers; None for other columns."""
    kind = {} if isinstance(column, str) else column["type_config"]
    return kind.get("format") if kind.get("type") == "number" else None


def _without_format(column: Any) -> Any:
    return {**column, "type_config": {**column["type_config"], "format": None}}
