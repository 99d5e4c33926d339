"""Time to convert: the share converted against age, and how long those that converted took."""

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.curve.page import CURVE_PARAMETERS, show_curve
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.times.data import Durations, durations
from dashboard.funnel.times.figures import distribution_chart
from dashboard.funnel.times.table import (
    WHOLE_FUNNEL_LABEL,
    seconds_in_words,
    time_sentence,
    time_table,
    way,
)
from dashboard.funnel.words import window_words
from dashboard.ui.rows import count_column, show_rows
from dashboard.ui.step_choice import follow_linked_step, step_words
from dashboard.ui.view import View, colors, literal, part

TIME_PARAMETERS = ("time_of", *CURVE_PARAMETERS)


def show_times(view: View, funnel: Funnel, prepare_other: Callable[[View], Prepared]) -> None:
    """Show the curve of one time to convert, its distribution, and the median and p90 of all.

    `prepare_other` prepares the same question over another view.
    """
    st.subheader("Time to convert", anchor=False)
    if len(funnel.prepared.required) < 2:
        st.caption("Fewer than two steps were recorded: there is no time between them.")
        return
    step = _choose_way(funnel)
    with part(420):
        show_curve(view, funnel, step, prepare_other)
    with part(300):
        found = view.ask(durations, funnel.prepared)
        st.markdown(literal(time_sentence(funnel, found, step)))
        _show_distribution(funnel, found, step)
        st.caption(
            f"Times are within {window_words(funnel.question.window)}. A step that only a later "
            f"one proves has no time, and is left out. {funnel.unit.capitalize()}s in progress "
            "have no time yet, so the newest days look too fast."
        )
        show_rows(
            time_table(funnel, found),
            _columns(funnel),
            "funnel-times",
            "Time to convert per step",
            view,
        )


def _choose_way(funnel: Funnel) -> str:
    """Return the step that the time ends on; "" is from first to last."""
    steps = funnel.prepared.required[1:]
    words = step_words({name: funnel.label(name) for name in steps})
    follow_linked_step("time_of", steps)
    chosen = st.selectbox(
        "Time to",
        ["", *steps],
        format_func=lambda step: words[step] if step else WHOLE_FUNNEL_LABEL,
        key="time_of",
        bind="query-params",
        width=300,
    )
    return chosen or ""


def _show_distribution(funnel: Funnel, found: Durations, step: str) -> None:
    bins = found.distribution[found.distribution["step"] == step]
    if bins.empty:
        return
    begin, end = way(funnel, step)
    st.plotly_chart(
        distribution_chart(
            bins, _marks(found.overall, step), f"Time from {begin} to {end}", funnel.unit, colors()
        ),
        config={"displayModeBar": False},
        key="funnel-times-chart",
        alt=time_sentence(funnel, found, step),
    )


def _marks(overall: pd.DataFrame, step: str) -> dict[str, float]:
    row = overall[overall["step"] == step].iloc[0]
    return {
        f"median (p50) {seconds_in_words(row['p50'])}": float(row["p50"]),
        f"p90 {seconds_in_words(row['p90'])}": float(row["p90"]),
    }


def _columns(funnel: Funnel) -> dict[str, str | ColumnConfig]:
    value: dict[str, str | ColumnConfig] = (
        {} if funnel.breakdown is None else {"value": "Broken down by"}
    )
    return value | {
        "way": "From → to",
        "half_within": "Median (p50)",
        "most_within": "p90",
        "units": count_column("n", "Units with both steps recorded."),
        "reached": count_column(
            "Reached", "Units that reached the second step, with or without a time."
        ),
    }
