"""How conversion changed: the share that converts within an age, by day, week or month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.cohorts.data import (
    CohortQuestion,
    at_age,
    funnel_cohorts,
    funnel_trend,
    longest_age,
)
from dashboard.funnel.cohorts.page import show_cohorts
from dashboard.funnel.consistency.data import Check
from dashboard.funnel.conversion.ages import listed_ages
from dashboard.funnel.conversion.stretch import Stretch, single_steps, stretch_to
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.trend.figures import trend_chart
from dashboard.funnel.trend.table import (
    TrendWords,
    periods_check,
    releases_inside,
    trend_legend,
    trend_sentence,
    trend_table,
)
from dashboard.model.periods import GRAINS
from dashboard.model.releases import Release
from dashboard.model.windows import length_words, shown_window
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.step_choice import follow_linked_step, step_words
from dashboard.ui.view import View, colors, literal, part

TREND_PARAMETERS = ("grain", "share", "age")
COMPLETED = "completed the funnel"
LONGEST_AGE = "longest with enough"


@dataclass(frozen=True)
class TrendShown:
    """What the trend is of; None where there is no conversion to follow.

    `check`: the units of the periods shown are those of the step before.
    """

    question: CohortQuestion | None = None
    check: Check | None = None


def show_trend(view: View, funnel: Funnel, releases: Sequence[Release]) -> TrendShown:
    """Show conversion per period of the submission, its rows, and the cohorts at every age."""
    st.subheader("Trend", anchor=False)
    if len(funnel.prepared.required) < 2:
        st.caption("Fewer than two steps are recorded, so there is no conversion to follow.")
        return TrendShown()
    question, within = _choose(funnel)
    if question is None:
        first = funnel.label(funnel.prepared.first_required)
        st.caption(f"“{literal(first)}” is not recorded. Choose a step to follow its share alone.")
        return TrendShown()
    check = None
    with part(420):
        check = _show(view, funnel, releases, question, within)
    return TrendShown(question, check)


def _show(
    view: View,
    funnel: Funnel,
    releases: Sequence[Release],
    question: CohortQuestion,
    within: timedelta | None,
) -> Check | None:
    cohorts = view.ask(funnel_cohorts, funnel.prepared, question)
    if cohorts.empty:
        before = funnel.label(question.stretch.before)
        st.caption(f"No {funnel.unit} reached “{literal(before)}” in this period.")
        return None
    by_value = cohorts
    if funnel.question.breakdown is not None:
        by_value = view.ask(funnel_trend, funnel.prepared, question)
    age = within or longest_age(cohorts, funnel.question.window)
    words, rows = _words(funnel, question, age), at_age(by_value, age)
    sentence = trend_sentence(at_age(cohorts, age), words)
    st.markdown(literal(sentence))
    inside = releases_inside(releases, funnel)
    st.plotly_chart(
        trend_chart(rows, inside, view.filters.zone, colors(), words),
        config={"displayModeBar": False},
        key="funnel-trend",
        alt=sentence,
    )
    st.caption(trend_legend(rows, words, len(inside)))
    _show_rows(view, funnel, words, rows)
    show_cohorts(view, funnel, question.grain, cohorts, words.came)
    return periods_check(funnel, question.stretch, rows)


def _choose(funnel: Funnel) -> tuple[CohortQuestion | None, timedelta | None]:
    """Let the periods, the step whose share is followed and the age be chosen.

    Without an age, it is the longest that enough units have.
    """
    prepared = funnel.prepared
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = _choose_step(funnel)
        within = _choose_age(listed_ages(funnel.question.window))
        grain = st.segmented_control(
            "By", GRAINS, default="week", required=True, key="grain", bind="query-params"
        )
    stretch = _alone(prepared, step) if step else stretch_to(prepared)
    return CohortQuestion(grain, stretch) if stretch else None, within


def _alone(prepared: Prepared, step: str) -> Stretch:
    """Return the stretch from the step before."""
    return next(each for each in single_steps(prepared) if each.after == step)


def _choose_step(funnel: Funnel) -> str | None:
    """Let the step be chosen whose share of the step before is followed; None: the last of all."""
    steps = funnel.prepared.required[1:]
    words = step_words({name: funnel.label(name) for name in steps})
    follow_linked_step("share", steps)
    share = st.selectbox(
        "Share that reached",
        [COMPLETED, *steps],
        format_func=lambda name: words.get(name, name),
        key="share",
        bind="query-params",
        width=260,
        help="A step’s share is of the step before it.",
    )
    return share if share in steps else None


def _choose_age(ages: Sequence[timedelta]) -> timedelta | None:
    """Let one of the ages be chosen; None: the longest that enough units have."""
    named = {shown_window(each): each for each in ages}
    follow_linked_step("age", named)
    chosen = st.selectbox(
        "Within",
        [LONGEST_AGE, *named],
        format_func=lambda name: length_words(named[name]) if name in named else name,
        key="age",
        bind="query-params",
        width=190,
        help="Counted from the first step, or from the step before the one chosen.",
    )
    return named.get(chosen)


def _words(funnel: Funnel, question: CohortQuestion, within: timedelta) -> TrendWords:
    """Return the words for what is followed; the plan's last step completes the funnel."""
    stretch = question.stretch
    last = funnel.steps.loc[~funnel.steps["optional"].astype(bool), "step"].iloc[-1]
    is_whole = stretch == stretch_to(funnel.prepared) and stretch.after == last
    after = "" if is_whole else funnel.label(stretch.after)
    return TrendWords(question.grain, funnel.unit, within, funnel.label(stretch.before), after)


def _show_rows(view: View, funnel: Funnel, words: TrendWords, rows: pd.DataFrame) -> None:
    value: dict[str, str | ColumnConfig] = (
        {} if funnel.breakdown is None else {"value": "Broken down by"}
    )
    begin = f"{words.grain.capitalize()} from"
    columns = {
        "period": st.column_config.DateColumn(begin, format="YYYY-MM-DD"),
        **value,
        "entered": count_column("n", f"Units that reached “{words.before}”."),
        "observed": count_column("Observed", "Those that are so old, or whose window is closed."),
        "in_time": count_column("Converted", "Observed ones that converted within the age."),
        "rate": share_column("Share", "Of all; estimated where some are younger."),
        "low": share_column("95 % from"),
        "high": share_column("to"),
        "state": "State",
    }
    show_rows(trend_table(rows), columns, "funnel-trend", f"Trend by {words.grain}", view)
