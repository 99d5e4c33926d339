"""The section on one table: before and after each release; by lead source, step and write path."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.coverage import data
from dashboard.coverage.comparing import shown_change, shown_side
from dashboard.coverage.data import Coverage
from dashboard.coverage.words import PART_LABELS, TABLE_NAMES, shown_interval
from dashboard.model.releases import Release
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.rows import count_column, show_rows
from dashboard.ui.view import View

RELEASES: dict[str, str | ColumnConfig] = {
    "release": "Release",
    "before": "Before",
    "after": "After",
    "change": "Change (95 % interval)",
    "verdict": "Is it chance?",
}
PART_COLUMNS: dict[str, str | ColumnConfig] = {
    "of": "By",
    "value": "Value",
    "table_rows": count_column("Rows"),
    "exempt": count_column("Exempt"),
    "expected": count_column("Expected"),
    "with_session": count_column("With session id"),
    "missing": count_column("Missing"),
    "share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1),
    "interval": "95 % interval",
}
TABLE_BY_LABEL = {label: name for name, label in TABLE_NAMES.items()}


def show_table_alone(view: View, plan: TrackingPlan, releases: tuple[Release, ...]) -> None:
    """Let the visitor choose a table, and show its comparisons."""
    st.header("One table alone", anchor=False)
    label = st.segmented_control(
        "Table", [*TABLE_BY_LABEL], default="Leads", required=True, key="table", bind="query-params"
    )
    name = TABLE_BY_LABEL[label or "Leads"]
    found = view.ask(data.coverage, plan, releases)
    st.subheader("Before and after each release", anchor=False)
    _show_releases(found, name, view)
    st.subheader("By lead source, step and write path", anchor=False)
    _show_parts(view, plan, name)


def _show_releases(found: Coverage, name: str, view: View) -> None:
    if not found.releases:
        st.caption(f"No release is known inside this period ({view.filters.period}).")
        return
    rows = [
        {
            "release": release,
            "before": shown_side(compared.before),
            "after": shown_side(compared.after),
            "change": shown_change(compared.change),
            "verdict": compared.words,
        }
        for release, compared in found.around_releases(name)
    ]
    show_rows(pd.DataFrame(rows), RELEASES, "coverage-releases", "Before and after releases", view)
    st.caption(
        "Each side reaches to the next release. It does not show the cause: "
        "other changes of that day count, too."
    )


def _show_parts(view: View, plan: TrackingPlan, name: str) -> None:
    parts = view.ask(data.parts, plan)
    own = parts[parts["table_name"] == name]
    # Steps come first, because they are the most useful part.
    own = own.sort_values("property", ascending=False, kind="stable", ignore_index=True)
    shown = own.assign(
        of=own["property"].map(PART_LABELS),
        interval=[shown_interval(row) for row in own.to_dict("records")],
    )
    show_rows(shown, PART_COLUMNS, f"coverage-{name}-parts", f"{TABLE_NAMES[name]} by part", view)
    st.caption(
        "Write path: who wrote the row’s organization. Tracking: a lead with the same session id "
        "was created within 5 s of it. Analysis: its session id is on no lead. Unknown: others, "
        "with every organization that has no session id."
    )
