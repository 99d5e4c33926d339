"""The period's funnel beside that of the previous one, or of any other, at equal age."""

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.comparison.data import (
    BothPeriods,
    PeriodComparison,
    ask_both,
    compare,
    one_sided,
)
from dashboard.funnel.comparison.figures import comparison_chart
from dashboard.funnel.comparison.periods import (
    PREVIOUS,
    comparable_period,
    days_of,
    previous_period,
)
from dashboard.funnel.comparison.table import (
    as_rows,
    in_words,
    named_values,
    steps_sentence,
    values_sentence,
    whole_sentence,
)
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import QuestionError
from dashboard.model.filters import CUSTOM_RANGE, Filters, day_filters
from dashboard.model.limits import DEFAULT_RANGE_DAYS
from dashboard.model.presets import FIRST_DAY, LAST_DAY
from dashboard.model.times import TimeError, to_local
from dashboard.model.windows import length_words
from dashboard.ui.rows import show_rows
from dashboard.ui.view import View, colors, literal, part

COMPARISON_PARAMETERS = ("compare", "compare_from", "compare_to", "compare_within")
NONE = "none"


def show_comparison(
    view: View, funnel: Funnel, prepare_other: Callable[[View], Prepared]
) -> PeriodComparison | None:
    """Show what differs from another period; `prepare_other` prepares the same question over it.

    Returns what is shown, or None where no period is chosen.
    """
    st.subheader("Compared with another period", anchor=False)
    with part(120):
        options = st.container(horizontal=True, vertical_alignment="bottom")
        try:
            other = _choose_other(options, view.filters)
        except (TimeError, QuestionError) as error:
            st.info(literal(str(error)))
            return None
        if other is not None:
            there = prepare_other(View(view.source, other, view.read_at))
            both = view.ask(ask_both, funnel.prepared, there)
            comparison = compare(both, _choose_age(options, both))
            _show(view, funnel, comparison)
            return comparison
    return None


def _choose_other(options: DeltaGenerator, filters: Filters) -> Filters | None:
    """Choose the other period; raises TimeError, and QuestionError where it can't be compared."""
    with options:
        chosen = st.segmented_control(
            "Compare with",
            [NONE, PREVIOUS, CUSTOM_RANGE],
            default=NONE,
            required=True,
            key="compare",
            bind="query-params",
        )
        if chosen == CUSTOM_RANGE:
            return comparable_period(filters, _choose_days(filters))
    if chosen != PREVIOUS:
        return None
    previous = previous_period(filters)
    if previous is None:
        st.caption("This period has no bounds, so none comes before it. Choose a custom range.")
    return previous


def _choose_days(filters: Filters) -> Filters:
    usual = previous_period(filters)
    today = to_local(filters.clock, filters.zone).date()
    days = DEFAULT_RANGE_DAYS
    first, last = today - timedelta(days=2 * days - 1), today - timedelta(days=days)
    if usual and usual.start_at and usual.last_day:
        first, last = to_local(usual.start_at, filters.zone).date(), usual.last_day
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


def _choose_age(options: DeltaGenerator, both: BothPeriods) -> timedelta | None:
    """Choose one of the ages that both periods have enough units for; None where there is none."""
    ages = {length_words(each): each for each in both.ages}
    if not ages:
        return None
    chosen = options.selectbox(
        "Within",
        [*ages],
        index=len(ages) - 1,
        key="compare_within",
        bind="query-params",
        width=110,
    )
    return ages[chosen]


def _show(view: View, funnel: Funnel, comparison: PeriodComparison) -> None:
    whole = whole_sentence(comparison, funnel.unit)
    st.markdown(literal(f"{whole} {steps_sentence(comparison.steps)}".strip()))
    here, there = comparison.both.here, comparison.both.there
    periods = days_of(here.filters), days_of(there.filters)
    if comparison.whole.within:
        within = length_words(comparison.whole.within)
        title = f"Overall conversion of {funnel.unit}s within {within}"
        st.plotly_chart(
            comparison_chart(comparison.overall, periods, title, colors()),
            config={"displayModeBar": False},
            key="funnel-comparison",
            alt=whole,
        )
    if comparison.steps["differs"].notna().any():
        rows, title = in_words(as_rows(comparison)), "Conversion of each step in both periods"
        show_rows(rows, _columns("label", "Step", periods), "funnel-comparison", title, view)
        st.caption(_how_it_is_compared(funnel.unit))
    for note in _notes(here, there, funnel.unit):
        st.caption(literal(note))
    _show_values(view, funnel, comparison, periods)


def _show_values(
    view: View, funnel: Funnel, comparison: PeriodComparison, periods: tuple[str, str]
) -> None:
    """Show the overall conversion of each part of the breakdown in both periods."""
    if comparison.values is None:
        return
    name = str(funnel.question.breakdown).replace("_", " ")
    st.markdown(literal(values_sentence(comparison.values, name)))
    columns = _columns("value", name.capitalize(), periods)
    rows, title = in_words(comparison.values), f"Overall conversion in both periods, by {name}"
    show_rows(rows, columns, "funnel-comparison-values", title, view)


def _how_it_is_compared(unit: str) -> str:
    return (
        f"A step’s conversion is of the {unit}s on the step before, within the age shown. The age "
        "counts from that step. The brackets hold the 95 % interval of the difference (Newcombe). "
        "The steps are judged together, at a false discovery rate of 5 % (Benjamini–Hochberg)."
    )


def _notes(here: Prepared, there: Prepared, unit: str) -> list[str]:
    """Name what stands in the way of a fair comparison."""
    sides = zip((here, there), one_sided(here, there), strict=True)
    notes = [
        f"Recorded in {days_of(side.filters)} only, and not compared: {named_values(labels)}."
        for side, labels in sides
        if labels
    ]
    begin = there.filters.start_at
    if begin and not (begun := there.begun_since(begin)).empty:
        notes.append(
            f"Recording began inside {days_of(there.filters)}: {named_values(begun['label'])}. "
            f"Earlier {unit}s can’t show these steps."
        )
    return notes


def _columns(name: str, label: str, periods: tuple[str, str]) -> dict[str, str | ColumnConfig]:
    """Return the columns of a table whose rows are named in the column `name`."""
    return {
        name: label,
        "here": periods[0],
        "there": periods[1],
        "by": st.column_config.TextColumn("Difference", help="This period minus the other one."),
        "within": st.column_config.TextColumn("Within", help="The same age in both periods."),
        "verdict": "Verdict",
    }
