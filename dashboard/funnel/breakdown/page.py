"""The funnel by one property: at which step its values differ."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel import figures
from dashboard.funnel.conversion.data import Conversion, conversions_by_value
from dashboard.funnel.data import Funnel
from dashboard.funnel.drops.data import StepRates
from dashboard.model.limits import FEW
from dashboard.model.windows import length_words
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors, literal

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


CONVERSION_COLUMNS: dict[str, str | ColumnConfig] = {
    "value": "Value",
    "entered": count_column("First step", "Units that reached it."),
    "rate": share_column("Conversion"),
    "low": share_column("95 % from"),
    "high": share_column("to"),
    "observed": count_column("Old enough", "Units whose first step is at least that long ago."),
}


def show_breakdown(view: View, funnel: Funnel, rates: StepRates | None, chosen: str | None) -> None:
    """Show one step's conversion at equal age, per value; and all figures below."""
    breakdown = funnel.breakdown
    if breakdown is None:
        return
    name = str(funnel.question.breakdown).replace("_", " ")
    st.subheader(f"By {name}", anchor=False)
    if rates is None:
        st.caption("Too few are old enough for a rate. The table has the counts.")
    else:
        _show_step(funnel, rates, chosen, name)
        _show_conversions(view, funnel, rates.whole, name)
    with st.expander("All steps by value, as a table"):
        rows = breakdown.dropna(subset="count")
        show_rows(rows, BREAKDOWN_COLUMNS, f"funnel-by-{name}", f"Steps by {name}", view)


def _show_step(funnel: Funnel, rates: StepRates, chosen: str | None, name: str) -> None:
    """Draw the conversion to the chosen step, or to the one where the values differ most."""
    step = chosen if chosen in funnel.prepared.required[1:] else widest_gap(rates.rows)
    parts = parts_of(rates.rows, step)
    if parts["share"].isna().all():
        return
    before = funnel.label(str(rates.rows.loc[rates.rows["after"] == step, "before"].iloc[0]))
    title = f"From “{before}” to “{funnel.label(step)}” within {length_words(rates.within)}"
    st.plotly_chart(
        figures.parts_chart(parts, colors(), title),
        config={"displayModeBar": False},
        alt=f"{title}, by {name}",
        key="parts-chart",
    )
    widest = "" if step == chosen else " The values differ most at this step."
    st.caption(
        f"All values are compared at the same age. A value needs {FEW} {funnel.unit}s that are so "
        f"old, and a tenth of its own.{widest} "
        f"Choose another step under “Which {funnel.unit}s”, or click its bar."
    )


def _show_conversions(view: View, funnel: Funnel, rate: Conversion, name: str) -> None:
    """Show the conversion of the whole funnel per value."""
    rows = pd.DataFrame(view.ask(conversions_by_value, funnel.prepared, rate))
    first, last = funnel.label(funnel.prepared.required[0]), funnel.label(rate.to)
    st.markdown(literal(f"From “{first}” to “{last}” within {length_words(rate.within)}:"))
    title = f"Conversion by {name}"
    show_rows(rows, CONVERSION_COLUMNS, f"funnel-conversion-by-{name}", title, view)


def parts_of(rates: pd.DataFrame, step: str) -> pd.DataFrame:
    """Return per `value` the `share` that converts to a step, with its interval.

    `whole` units reached the step before; a share of too few is null. `rates` are those of
    StepRates.
    """
    rows = rates[rates["after"] == step]
    enough = rows["enough"]
    return pd.DataFrame(
        {
            "value": rows["value"],
            "whole": rows["entered"],
            **{
                name: rows[column].where(enough)
                for name, column in (("share", "rate"), ("low", "low"), ("high", "high"))
            },
        }
    ).reset_index(drop=True)


def widest_gap(rates: pd.DataFrame) -> str:
    """Return the step at which the parts differ most, by the gap between their intervals."""
    enough = rates[rates["enough"]]
    known = enough if len(enough) else rates
    gaps = known.groupby("after", sort=False)[["low", "high"]].agg({"low": "max", "high": "min"})
    return str((gaps["low"] - gaps["high"]).idxmax())
