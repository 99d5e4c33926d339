"""Cohorts: the units that began in one period, and the share that converted by each age."""

from datetime import timedelta

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.cohorts.data import PARTLY
from dashboard.funnel.cohorts.figures import (
    ESTIMATED_MARK,
    MOST_COHORTS,
    cohort_chart,
    drawn_cohorts,
)
from dashboard.funnel.data import Funnel
from dashboard.model.formats import count
from dashboard.model.periods import Grain
from dashboard.model.windows import length_words
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors, part


def show_cohorts(
    view: View, funnel: Funnel, grain: Grain, cohorts: pd.DataFrame, came: str
) -> None:
    """Show each cohort's conversion by age, as funnel_cohorts() has it, and the rows below.

    `came` says what they converted to.
    """
    st.subheader("Cohorts", anchor=False)
    with part(320):
        st.plotly_chart(
            cohort_chart(cohorts, colors()),
            config={"displayModeBar": False},
            key="funnel-cohorts",
            alt=f"Share of each {grain}’s {funnel.unit}s that {came}, by age",
        )
        st.caption(_legend(funnel, grain, cohorts))
        with st.expander("Cohorts as a table"):
            _show_rows(view, grain, cohorts)


def _legend(funnel: Funnel, grain: Grain, cohorts: pd.DataFrame) -> str:
    """Say how to read the figure."""
    unit, number = funnel.unit, cohorts["period"].nunique()
    began = "on" if grain == "day" else f"in the {grain} from"
    parts = [
        f"Each row has the {unit}s that began {began} that day, and their number.",
        "It has all values of the breakdown together." if funnel.question.breakdown else "",
        f"{ESTIMATED_MARK} marks an estimate: some are younger."
        if (drawn_cohorts(cohorts)["state"] == PARTLY).any()
        else "",
        "Blank: too few are so old." if cohorts["rate"].isna().any() else "",
        f"The figure has the newest {MOST_COHORTS} of {count(number)} {grain}s. The table has all."
        if number > MOST_COHORTS
        else "",
    ]
    return " ".join(filter(None, parts))


def _show_rows(view: View, grain: Grain, cohorts: pd.DataFrame) -> None:
    columns: dict[str, str | ColumnConfig] = {
        "period": st.column_config.DateColumn(f"{grain.capitalize()} from", format="YYYY-MM-DD"),
        "entered": count_column("n", "Units that reached the step before."),
        "within": "Within",
        "observed": count_column("Observed", "Those that are so old, or whose window is closed."),
        "in_time": count_column("Converted", "Observed ones that converted within the age."),
        "rate": share_column("Share", "Of all: estimated where some are younger."),
        "low": share_column("95 % from"),
        "high": share_column("to"),
        "state": "State",
    }
    within = [length_words(timedelta(seconds=each)) for each in cohorts["within_s"]]
    rows = cohorts.assign(within=within).sort_values(
        ["period", "within_s"], ascending=[False, True], ignore_index=True
    )
    show_rows(rows, columns, "funnel-cohorts", f"Cohorts by {grain}", view)
