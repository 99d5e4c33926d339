"""How conversion changed: the share that completed the funnel, by day, week or month."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.data import Funnel
from dashboard.funnel.trend.data import funnel_trend
from dashboard.funnel.trend.figures import MOST_BANDS, trend_chart
from dashboard.funnel.trend.table import (
    MOST_LINES,
    WHOLE_FUNNEL,
    StepPair,
    releases_inside,
    trend_sentence,
    trend_table,
)
from dashboard.funnel.words import window_words
from dashboard.model.formats import counted
from dashboard.model.limits import FEW
from dashboard.model.periods import GRAINS, Grain
from dashboard.model.releases import Release
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.step_choice import follow_linked_step, step_words
from dashboard.ui.view import View, colors, literal, part

TREND_PARAMETERS = ("grain", "share")
COMPLETED = "completed the funnel"


def show_trend(view: View, funnel: Funnel, releases: Sequence[Release]) -> tuple[Grain, str | None]:
    """Show conversion per period of the submission, with its interval, and its rows below.

    Returns what was chosen: by what, and the step that is followed (None: the last one).
    """
    st.subheader("Trend", anchor=False)
    if len(funnel.prepared.required) < 2:
        st.caption("Fewer than two steps are recorded, so there is no conversion to follow.")
        return "week", None
    grain, step = _choose(funnel)
    _show(view, funnel, releases, grain, step)
    return grain, step


def _show(
    view: View, funnel: Funnel, releases: Sequence[Release], grain: Grain, step: str | None
) -> None:
    with part(420):
        rows, stretch = view.ask(funnel_trend, funnel.prepared, grain, step), _stretch(funnel, step)
        if rows.empty:
            before = f"“{stretch.before}”" if stretch.before else "the first step"
            st.caption(f"No {funnel.unit} reached {before} in this period.")
            return
        sentence = trend_sentence(rows, grain, funnel.unit, stretch)
        st.markdown(literal(sentence))
        inside = releases_inside(releases, funnel)
        st.plotly_chart(
            trend_chart(rows, inside, grain, view.filters.zone, colors(), stretch=stretch),
            config={"displayModeBar": False},
            key="funnel-trend",
            alt=sentence,
        )
        st.caption(_legend(funnel, rows, len(inside)))
        show_rows(
            trend_table(rows),
            _columns(funnel, grain, stretch),
            "funnel-trend",
            f"Trend by {grain}",
            view,
        )


def _choose(funnel: Funnel) -> tuple[Grain, str | None]:
    """Let the periods be chosen, and the step whose share is followed (None: the last one)."""
    steps = funnel.prepared.required[1:]
    words = step_words({name: funnel.label(name) for name in steps})
    follow_linked_step("share", steps)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        share = st.selectbox(
            "Share that reached",
            [COMPLETED, *steps],
            format_func=lambda name: words.get(name, name),
            key="share",
            bind="query-params",
            width=260,
            help="A step’s share is of the step before it.",
        )
        grain = st.segmented_control(
            "By", GRAINS, default="week", required=True, key="grain", bind="query-params"
        )
    return grain, share if share in steps else None


def _stretch(funnel: Funnel, step: str | None) -> StepPair:
    if step is None:
        last = funnel.steps.loc[~funnel.steps["optional"].astype(bool), "step"].iloc[-1]
        reached = funnel.prepared.required[-1]
        return WHOLE_FUNNEL if reached == last else StepPair(after=funnel.label(reached))
    before = funnel.prepared.required[funnel.prepared.required.index(step) - 1]
    return StepPair(funnel.label(before), funnel.label(step))


def _legend(funnel: Funnel, rows: pd.DataFrame, releases: int) -> str:
    """Say how to read the figure."""
    values = rows["position"].nunique()
    parts = [
        f"Each {funnel.unit} counts in the period it began in. {_limit(funnel)}",
        _closed(values) if rows["closed"].any() else "",
        f"Hollow dots have {funnel.unit}s in progress and show the share so far."
        if not rows["closed"].all()
        else "",
        f"A cross marks fewer than {FEW} {funnel.unit}s." if rows["few"].any() else "",
        f"Dotted lines mark {counted(releases, 'release')}." if releases else "",
        f"The figure shows the {MOST_LINES} largest of {values} values. The table has all."
        if values > MOST_LINES
        else "",
    ]
    return " ".join(filter(None, parts))


def _closed(values: int) -> str:
    interval = " The band is their 95 % interval." if values <= MOST_BANDS else ""
    return f"Full dots are closed periods.{interval}"


def _limit(funnel: Funnel) -> str:
    if funnel.question.window is None:
        return "The window has no limit, so no period closes."
    return f"It must complete the funnel within {window_words(funnel.question.window)}."


def _columns(funnel: Funnel, grain: str, stretch: StepPair) -> dict[str, str | ColumnConfig]:
    value: dict[str, str | ColumnConfig] = (
        {} if funnel.breakdown is None else {"value": "Broken down by"}
    )
    return {
        "period": st.column_config.DateColumn(f"{grain.capitalize()} from", format="YYYY-MM-DD"),
        **value,
        "first": count_column(stretch.before or "First step"),
        "last": count_column(stretch.after or "Completed the funnel"),
        "so_far": share_column("Share so far"),
        "first_closed": count_column("n, window closed", "Units whose window is closed."),
        "closed_rate": share_column(
            "Conversion rate (closed windows)", "Of units whose window is closed."
        ),
        "low": share_column("95 % from"),
        "high": share_column("to"),
        "state": "State",
    }
