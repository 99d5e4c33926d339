"""The Coverage page: session coverage, continuity, tracking plan and clock."""

from typing import cast

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.coverage import bounds, continuity, data, figures
from dashboard.coverage.clock_section import show_clock
from dashboard.coverage.continuity_section import show_continuity
from dashboard.coverage.data import Coverage
from dashboard.coverage.parts_section import show_table_alone
from dashboard.coverage.plan_section import show_plan
from dashboard.coverage.words import (
    TABLE_NAMES,
    bounds_sentence,
    change_sentence,
    coverage_verdict,
    coverage_verdict_details,
    shown_interval,
)
from dashboard.model.periods import GRAINS, MOST_DAYS, Grain
from dashboard.model.releases import Release, releases_of
from dashboard.model.tracking_plan import TrackingPlan, load_plan
from dashboard.ui.partial import partial_words
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors, part

COVERAGE_PARAMETERS = ("grain", "table", "cell")
COVERAGE_COLUMNS: dict[str, str | ColumnConfig] = {
    "table_rows": count_column("Rows"),
    "exempt": count_column(
        "Exempt", "An organization with an owner, a row with its own user, a staff step."
    ),
    "expected": count_column("Expected", "Rows that should have a session id."),
    "with_session": count_column("With session id"),
    "missing": count_column("Missing"),
    "share": share_column("Share"),
    "interval": "95 % interval",
}
OVER_TIME: dict[str, str | ColumnConfig] = {
    "table": "Table",
    "begin": st.column_config.DateColumn("From", format="YYYY-MM-DD"),
    **COVERAGE_COLUMNS,
}


def coverage_page(view: View) -> None:
    """Show the page from top to bottom; each part fails on its own."""
    plan = load_plan()
    releases = releases_of(view.source.label)
    with part(520):
        _show_coverage(view, plan, releases)
    with part(420):
        show_table_alone(view, plan, releases)
    with part(360):
        show_continuity(view, plan)
    with part(90):
        _show_bounds(view, plan)
    with part(420):
        show_plan(view)
    with part(240):
        show_clock(view, plan)


def _show_coverage(view: View, plan: TrackingPlan, releases: tuple[Release, ...]) -> None:
    found = view.ask(data.coverage, plan, releases)
    sentence, color = coverage_verdict(found.tables)
    st.title(f":{color}[{sentence}]", anchor=False)
    st.markdown(f"Period: {view.filters.period}, each row by its own time.")
    for about in coverage_verdict_details(found, view.ask(data.contract)):
        st.markdown(f"- {about}")
    if found.counts.empty:
        st.caption("Choose a longer period.")
        return
    _show_over_time(found, view)
    _show_changes(view, plan, found)


def _show_over_time(found: Coverage, view: View) -> None:
    grain = _choose_grain(found)
    shares = found.over_time(grain, view.filters)
    if shares.empty:
        st.caption("No row of this period has a time: there is nothing to draw over it.")
        return
    st.plotly_chart(
        figures.shares_over_time(shares, grain, found.releases, view.filters.zone, colors()),
        config={"displayModeBar": False},
        key="coverage-over-time",
        alt=f"Share of rows with a session id per {grain}: {coverage_verdict(found.tables)[0]}",
    )
    words = [] if found.releases else ["No release is known inside this period."]
    if shares["is_partial"].any():
        words.append(f"Hollow: {partial_words(grain)}.")
    if words:
        st.caption(" ".join(words))
    with st.expander("As a table"):
        show_rows(
            _laid_out(shares), OVER_TIME, f"coverage-per-{grain}", f"Coverage per {grain}", view
        )
    st.subheader("All of the period", anchor=False)
    show_rows(
        _laid_out(found.tables),
        {"table": "Table", **COVERAGE_COLUMNS, "guaranteed": "Guaranteed"},
        "coverage",
        "Session coverage per table",
        view,
    )


def _choose_grain(found: Coverage) -> Grain:
    usual = "day" if found.counts["day"].nunique() <= MOST_DAYS else "week"
    chosen = st.segmented_control(
        "Per", GRAINS, default=usual, required=True, key="grain", bind="query-params"
    )
    return cast("Grain", chosen or usual)


def _laid_out(shares: pd.DataFrame) -> pd.DataFrame:
    return shares.assign(
        table=shares["table_name"].map(TABLE_NAMES),
        interval=[shown_interval(row) for row in shares.to_dict("records")],
    )


def _show_changes(view: View, plan: TrackingPlan, found: Coverage) -> None:
    st.subheader("Did coverage change?", anchor=False)
    changes = view.ask(data.changes, plan)
    for row in found.tables.to_dict("records"):
        name = row["table_name"]
        st.markdown(f"- {change_sentence(TABLE_NAMES[name], changes[name], row['guaranteed'])}")


def _show_bounds(view: View, plan: TrackingPlan) -> None:
    st.subheader("What missing session ids do to the funnel", anchor=False)
    unfollowed = bounds.unfollowed(view.ask(continuity.continuity_counts, plan))
    st.markdown(bounds_sentence(view.ask(bounds.bounds, plan, unfollowed)))
    st.caption(f"Submissions begun in the period: {view.filters.period}.")
