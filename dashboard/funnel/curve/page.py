"""The conversion curve: of this period, beside the previous one, or of a breakdown's values."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.funnel.comparison.data import common_chain
from dashboard.funnel.comparison.periods import previous_period
from dashboard.funnel.conversion.data import is_tracked
from dashboard.funnel.conversion.stretch import Stretch, stretch_to
from dashboard.funnel.curve.data import stretch_curve
from dashboard.funnel.curve.figures import MOST_CURVE_BANDS, curve_chart
from dashboard.funnel.curve.table import (
    MOST_CURVES,
    curve_sentence,
    line_names,
    lines_apart,
    listed_points,
)
from dashboard.funnel.data import Funnel
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.times.table import way_stretch
from dashboard.funnel.words import needed_words
from dashboard.ui.rows import count_column, share_column, show_rows
from dashboard.ui.view import View, colors, literal

CURVE_PARAMETERS = ("age_axis", "beside_previous", "lines")
LOGARITHMIC, LINEAR = "log", "linear"
# The rows of each line, by its name.
Curves = dict[str, pd.DataFrame]


def show_curve(
    view: View, funnel: Funnel, step: str, prepare_other: Callable[[View], Prepared]
) -> None:
    """Show the share converted against age: to a step from the one before, or to the last for "".

    `prepare_other` prepares the same question over another view.
    """
    prepared = funnel.prepared
    stretch = way_stretch(prepared, step) if step else stretch_to(prepared)
    if stretch is None:
        st.caption("The first step was never recorded, so there is no curve from it.")
        return
    said = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        axis = st.segmented_control(
            "Age axis",
            [LOGARITHMIC, LINEAR],
            default=LOGARITHMIC,
            required=True,
            key="age_axis",
            bind="query-params",
        )
        if funnel.breakdown is None:
            curves, note = _of_periods(view, funnel, stretch, prepare_other)
        else:
            curves, note = _of_values(view, funnel, stretch, funnel.breakdown)
    if curves:
        with said:
            _say(funnel, stretch, curves)
        _show(view, funnel, stretch, curves, logarithmic=axis == LOGARITHMIC)
    if note:
        st.caption(literal(note))


def _of_periods(
    view: View, funnel: Funnel, stretch: Stretch, prepare_other: Callable[[View], Prepared]
) -> tuple[Curves, str]:
    """Return the period's curve and, if chosen, that of the previous one; and what is missing."""
    own = view.ask(stretch_curve, funnel.prepared, stretch)
    curves = {} if own.empty else {funnel.filters.period: own}
    note = _why_none(funnel, stretch) if own.empty else ""
    chosen = st.toggle("Previous period", key="beside_previous", bind="query-params")
    if not chosen:
        return curves, note
    previous = previous_period(view.filters)
    if previous is None:
        return curves, f"{note} This period has no bounds, so none comes before it.".lstrip()
    other = View(view.source, previous, view.read_at)
    prepared = prepare_other(other)
    if stretch.after not in common_chain(funnel.prepared, prepared):
        return curves, f"{note} Other steps are recorded in the previous period.".lstrip()
    before = other.ask(stretch_curve, prepared, stretch)
    if before.empty:
        return curves, f"{note} The previous period has too few {funnel.unit}s.".lstrip()
    return {**curves, previous.period: before}, note


def _of_values(
    view: View, funnel: Funnel, stretch: Stretch, breakdown: pd.DataFrame
) -> tuple[Curves, str]:
    """Return the curves of the values shown; and which of them have none."""
    values = breakdown["value"].drop_duplicates().tolist()
    chosen: list[str] = []
    if len(values) > MOST_CURVES:
        chosen = st.multiselect(
            "Lines",
            values,
            key="lines",
            bind="query-params",
            max_selections=MOST_CURVES - 1,
            placeholder="The most frequent values",
            help="All other values are one line, Other.",
        )
    apart = lines_apart(breakdown, chosen)
    found = view.ask(stretch_curve, funnel.prepared, stretch, apart)
    curves = {str(value): rows for value, rows in found.groupby("value", sort=False)}
    missing = [name for name in line_names(breakdown, apart) if name not in curves]
    if not curves:
        return curves, _why_none(funnel, stretch)
    return curves, f"Too few {funnel.unit}s for a curve: {', '.join(missing)}." if missing else ""


def _why_none(funnel: Funnel, stretch: Stretch) -> str:
    with_event, units = (funnel.figure(stretch.before, each) for each in ("with_event", "count"))
    if is_tracked(with_event or 0, units or 0):
        return needed_words("A curve", funnel.unit, funnel.question.window)
    label = funnel.label(stretch.before)
    return f"Fewer than half of the {funnel.unit}s have an event of “{label}”: there is no curve."


def _say(funnel: Funnel, stretch: Stretch, curves: Curves) -> None:
    """Say the newest curve's first and last share, where it is of all units."""
    own = curves.get(funnel.filters.period)
    if own is not None and funnel.breakdown is None:
        ends = funnel.label(stretch.before), funnel.label(stretch.after)
        st.markdown(literal(curve_sentence(own, ends, funnel.unit, funnel.question.window)))


def _show(
    view: View, funnel: Funnel, stretch: Stretch, curves: Curves, *, logarithmic: bool
) -> None:
    begin, end = funnel.label(stretch.before), funnel.label(stretch.after)
    subject = f"{funnel.unit.capitalize()}s that reached {end}"
    st.plotly_chart(
        curve_chart(curves, begin, subject, colors(), logarithmic=logarithmic),
        config={"displayModeBar": False},
        key="funnel-curve",
        alt=f"{subject}: share against the time since {begin}, {', '.join(curves)}",
    )
    band = "" if len(curves) > MOST_CURVE_BANDS else " The band is its 95 % interval."
    st.caption(
        f"{funnel.unit.capitalize()}s in progress count for the ages that they have had time for. "
        f"A line ends where too few {funnel.unit}s are older.{band}"
    )
    rows = pd.concat([each.assign(line=name) for name, each in curves.items()], ignore_index=True)
    with st.expander("The curve at round ages, as a table"):
        show_rows(
            listed_points(rows, funnel.question.window),
            _curve_columns(len(curves)),
            "funnel-curve",
            "Conversion curve",
            view,
            whole=partial(rows.drop, columns="value"),
        )


def _curve_columns(lines: int) -> dict[str, str | ColumnConfig]:
    named: dict[str, str | ColumnConfig] = {"line": "Of"} if lines > 1 else {}
    return named | {
        "within": "Within",
        "rate": share_column("Converted"),
        "low": share_column("95 % from"),
        "high": share_column("to"),
        "at_risk": count_column("In progress before", "Units in progress right before the age."),
    }
