"""Segments that differ: sentences that open the breakdown, and a heat map of values by steps."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.controls import BREAKDOWN_WORDS
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.data import Funnel
from dashboard.funnel.differences.data import differences
from dashboard.funnel.differences.figures import differences_chart
from dashboard.funnel.differences.table import (
    MOST_TOLD,
    compared_sentence,
    difference_sentence,
    difference_table,
    left_out_sentences,
)
from dashboard.model.formats import counted
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.step_choice import step_words
from dashboard.ui.view import View, colors, literal, part

DIFFERENCE_COLUMNS: dict[str, str | ColumnConfig] = {
    "segment": "Value",
    "label": "Step",
    "differs": "",
    "rate": share_column("Conversion", "Share of the step before that reached the step in time."),
    "n": count_column("n", "Units on the step before that are old enough."),
    "other_rate": share_column("Others’ conversion"),
    "other_n": count_column("Others’ n"),
    "units": st.column_config.NumberColumn(
        "Units gained or lost", format="%+.0f", help="n times the difference of the two shares."
    ),
    "q": st.column_config.NumberColumn(
        "q", format="%.3g", help="It differs at 0.05 or less: the false discovery rate."
    ),
}


def show_differences(view: View, funnel: Funnel) -> None:
    """Show which values convert unlike all others, and at which step."""
    st.subheader("Segments that differ", anchor=False)
    with part(420):
        rate = view.ask(conversion, funnel.prepared)
        if rate is None:
            st.caption("This period has no conversion rate, so no age to compare its values at.")
            return
        found = view.ask(differences, funnel.prepared, rate.within)
        rows = difference_table(funnel, found)
        st.markdown(literal(compared_sentence(found, funnel.unit)))
        _show_sentences(rows[rows["differs"] != ""], funnel.unit)
        if len(found.found):
            _show_chart(funnel, rows)
        for sentence in left_out_sentences(found):
            st.caption(literal(sentence))
        if len(rows):
            with st.expander(f"{counted(len(rows), 'comparison')}, as a table"):
                show_rows(
                    rows, DIFFERENCE_COLUMNS, "funnel-segments", "Values and all others", view
                )


def _show_sentences(differing: pd.DataFrame, unit: str) -> None:
    """Show the differences of most units; each opens its breakdown."""
    for number, row in enumerate(differing.head(MOST_TOLD).to_dict("records")):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(difference_sentence(row, unit)))
            st.button(
                "Open the breakdown",
                key=f"difference-{number}",
                on_click=_open_breakdown,
                args=(row["property"], row["step"]),
                type="tertiary",
            )


def _open_breakdown(name: str, step: str) -> None:
    st.session_state["by"] = next(words for words, each in BREAKDOWN_WORDS.items() if each == name)
    st.session_state["step"] = step


def _show_chart(funnel: Funnel, rows: pd.DataFrame) -> None:
    steps = step_words({each: funnel.label(each) for each in funnel.prepared.required[1:]})
    st.plotly_chart(
        differences_chart(rows, steps, colors()),
        config={"displayModeBar": False},
        key="funnel-differences",
        alt="Step conversion of the values that differ from all others",
    )
