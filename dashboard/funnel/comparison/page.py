"""The period's funnel beside that of the previous one, or of any other."""

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.comparison.data import (
    Basis,
    compare_funnels,
    comparison_sentence,
    comparison_words,
    named_values,
    one_sided,
    overlap,
    previous_period,
)
from dashboard.funnel.comparison.figures import comparison_chart
from dashboard.funnel.data import Funnel
from dashboard.model.filters import CUSTOM_RANGE, Filters, day_filters
from dashboard.model.limits import DEFAULT_RANGE_DAYS
from dashboard.model.presets import FIRST_DAY, LAST_DAY
from dashboard.model.times import TimeError, now, to_local
from dashboard.model.windows import length_words
from dashboard.ui.rows import show_rows
from dashboard.ui.view import View, colors, literal, part

COMPARISON_PARAMETERS = ("compare", "compare_from", "compare_to")
NONE, PREVIOUS = "none", "previous"
BASES: dict[Basis, str] = {"first": "Overall conversion", "previous": "Step conversion"}


def show_comparison(
    view: View, funnel: Funnel, ask_other: Callable[[View], Funnel]
) -> pd.DataFrame | None:
    """Show what differs from another period; `ask_other` asks the same question over a view.

    Returns the differences of the shares of the first step, or None where none is chosen.
    """
    st.subheader("Compared with another period", anchor=False)
    with part(120):
        try:
            other = _choose_other(view.filters)
        except TimeError as error:
            st.info(literal(str(error)))
            return None
        if other is not None:
            return _show(view, funnel, ask_other(View(view.source, other, view.read_at)))
    return None


def _choose_other(filters: Filters) -> Filters | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            "Compare with",
            [NONE, PREVIOUS, CUSTOM_RANGE],
            default=NONE,
            required=True,
            key="compare",
            bind="query-params",
        )
        if chosen == CUSTOM_RANGE:
            return _choose_days(filters)
    if chosen != PREVIOUS:
        return None
    previous = previous_period(filters)
    if previous is None:
        st.caption("This period has no bounds, so none comes before it. Choose a custom range.")
    return previous


def _choose_days(filters: Filters) -> Filters:
    usual = previous_period(filters)
    today = to_local(filters.as_of or now(), filters.zone).date()
    days = DEFAULT_RANGE_DAYS
    first, last = today - timedelta(days=2 * days - 1), today - timedelta(days=days)
    if usual and usual.start_at and usual.end_at:
        first = to_local(usual.start_at, filters.zone).date()
        last = to_local(usual.end_at - timedelta(microseconds=1), filters.zone).date()
    return day_filters(
        _choose_day("From", "compare_from", first),
        _choose_day("To", "compare_to", last),
        filters.as_of,
        filters.zone,
    )


def _choose_day(label: str, key: str, default: date) -> date | None:
    return st.date_input(
        label,
        value=min(max(default, FIRST_DAY), LAST_DAY),
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        key=key,
        bind="query-params",
        width=130,
    )


def _show(view: View, funnel: Funnel, other: Funnel) -> pd.DataFrame:
    overall_conversion = compare_funnels(funnel, other, "first")
    st.markdown(literal(comparison_sentence(overall_conversion)))
    if (
        overall_conversion["share"].notna().any()
        and overall_conversion["other_share"].notna().any()
    ):
        st.plotly_chart(
            comparison_chart(
                overall_conversion,
                (funnel.filters.period, other.filters.period),
                f"Overall conversion of {funnel.unit}s",
                colors(),
            ),
            config={"displayModeBar": False},
            key="funnel-comparison",
            alt=comparison_sentence(overall_conversion),
        )
    st.caption(_what_is_compared(funnel))
    for note in _notes(funnel, other):
        st.caption(literal(note))
    for tab, basis in zip(st.tabs([*BASES.values()]), BASES, strict=True):
        with tab:
            show_rows(
                comparison_words(compare_funnels(funnel, other, basis)),
                _columns(funnel, other),
                f"funnel-comparison-{basis}",
                f"Difference per step, {BASES[basis]}",
                view,
            )
    return overall_conversion


def _what_is_compared(funnel: Funnel) -> str:
    if funnel.question.window is None:
        return "Choose a window with a limit to compare two periods."
    return (
        f"Only {funnel.unit}s whose window is closed are compared "
        f"({length_words(funnel.question.window)}), so neither period has an advantage. "
        "The brackets hold the 95 % interval (Newcombe). "
        "About one in twenty differences looks real by chance."
    )


def _notes(funnel: Funnel, other: Funnel) -> list[str]:
    """Name what stands in the way of a fair comparison."""
    here, there = one_sided(funnel, other)
    sides = ((funnel, here), (other, there))
    notes = [
        f"Recorded in {side.filters.period} only, and not compared: {named_values(labels)}."
        for side, labels in sides
        if labels
    ]
    if not other.begun_inside.empty:
        notes.append(
            f"Recording began inside {other.filters.period}: "
            f"{named_values(other.begun_inside['label'])}. "
            f"Earlier {other.unit}s can’t show these steps."
        )
    if overlap(funnel.filters, other.filters):
        notes.append(
            f"The periods overlap: some {funnel.unit}s count in both, which hides a difference."
        )
    return notes


def _columns(funnel: Funnel, other: Funnel) -> dict[str, str | ColumnConfig]:
    return {
        "label": "Step",
        "here": funnel.filters.period,
        "there": other.filters.period,
        "by": st.column_config.TextColumn("Difference", help="This period minus the other one."),
        "verdict": "Verdict",
    }
