"""The funnel by one property: at which step its values differ."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel import figures
from dashboard.funnel.data import Funnel
from dashboard.model.statistics import wilson
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors

BREAKDOWN_COLUMNS: dict[str, str | ColumnConfig] = {
    "value": "Value",
    "label": "Step",
    "count": count_column("Reached"),
    "step_conversion": share_column("Step conversion"),
    "overall_conversion": share_column("Overall conversion"),
    "closed_rate": share_column("Conversion rate (closed windows)"),
    "low": share_column("from"),
    "high": share_column("to"),
    "closed": count_column("Window closed"),
    "in_progress": count_column("In progress"),
}


def show_breakdown(view: View, funnel: Funnel, chosen: str | None) -> None:
    """Show one step's share of the one before it, per value; and all figures below."""
    breakdown = funnel.breakdown
    if breakdown is None:
        return
    name = str(funnel.question.breakdown).replace("_", " ")
    st.subheader(f"By {name}", anchor=False)
    known = funnel.recorded["step"].tolist()
    step = chosen if chosen is not None and chosen in known else widest_gap(breakdown, known)
    parts = parts_of(breakdown, step)
    label = funnel.label(step)
    if parts["share"].notna().any():
        title = f"Step conversion to “{label}”"
        st.plotly_chart(
            figures.parts_chart(parts, colors(), title),
            config={"displayModeBar": False},
            alt=f"{title}, by {name}",
            key="parts-chart",
        )
        widest = "" if chosen else " The values differ most at this step."
        st.caption(
            f"The share is of all {funnel.unit}s that reached the step before, with those in "
            f"progress.{widest} Choose another step under “Which {funnel.unit}s”, or click its bar."
        )
    with st.expander("All steps by value, as a table"):
        rows = breakdown.dropna(subset="count")
        show_rows(rows, BREAKDOWN_COLUMNS, f"funnel-by-{name}", f"Steps by {name}", view)


def parts_of(breakdown: pd.DataFrame, step: str) -> pd.DataFrame:
    """Return per `value` the `part` on a step of the `whole` on the required one before it.

    `share` with its 95 % interval `low` to `high`; null where no unit reached it.
    """
    rows = []
    for value, steps in breakdown.dropna(subset="count").groupby("value", sort=False):
        at = steps["step"].tolist().index(step)
        before = steps.iloc[:at][~steps.iloc[:at]["optional"].astype(bool)]
        part = int(steps.iloc[at]["count"])
        whole = int(before.iloc[-1]["count"]) if len(before) else part
        low, high = wilson(part, whole) or (None, None)
        rows.append((value, part, whole, part / whole if whole else None, low, high))
    return pd.DataFrame(rows, columns=["value", "part", "whole", "share", "low", "high"])


def widest_gap(breakdown: pd.DataFrame, steps: list[str]) -> str:
    """Return the step at which the parts differ most, by the gap between their intervals."""

    def gap(step: str) -> float:
        parts = parts_of(breakdown, step).dropna(subset="share")
        return float(parts["low"].max() - parts["high"].min()) if len(parts) else -1.0

    return max(steps[1:] or steps, key=gap)
