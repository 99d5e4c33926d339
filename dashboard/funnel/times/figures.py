"""The figure of times to convert: frame in, Plotly figure out."""

from bisect import bisect_right
from html import escape
from math import isnan, log

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.times.data import BOUNDS
from dashboard.model.formats import count, counted, share
from dashboard.ui.theme import Palette, styled

# More bounds than this get names on every second or third one only.
MOST_VALUES_DRAWN = 9
ROUND = {1, 10, 60, 600, 3_600, 18_000, 86_400, 432_000, 2_592_000}
AXIS_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def distribution_chart(
    bins: pd.DataFrame, marks: dict[str, float], subject: str, unit: str, colors: Palette
) -> go.Figure:
    """Draw how many units took how long: one bar per bin, as wide as every other.

    `bins` are the rows of one way in Durations.distribution; `marks` are times in seconds to draw
    a line at, by what they are.
    """
    units = {_bin(row["from_seconds"]): int(row["units"]) for row in bins.to_dict("records")}
    shown = range(min(units, default=0), max(units, default=0) + 1)
    total = sum(units.values())
    figure = go.Figure(
        go.Bar(
            x=[number + 0.5 for number in shown],
            y=[float(units.get(n, 0)) for n in shown],
            width=0.94,
            marker_color=colors.accent,
            hoverinfo="text",
            textposition="none",
            hovertext=[
                f"{_range(n)}: {counted(units.get(n, 0), unit)} ({share(units.get(n, 0), total)})"
                for n in shown
            ],
        )
    )
    for number, (name, seconds) in enumerate(marks.items()):
        _draw_mark(figure, name, seconds, number, colors)
    _label_axes(figure, shown, max(units.values(), default=0), unit, colors)
    return styled(figure, colors, escape(subject), 300).update_layout(margin_t=84)


def bound_in_words(seconds: float) -> str:
    """Write a bound exactly: 30 s, 1 min, 5 h, 2 d."""
    size, name = next(pair for pair in AXIS_UNITS if seconds % pair[0] == 0)
    return f"{count(int(seconds // size))} {name}"


def place_of(seconds: float) -> float:
    """Return where a time stands on the axis, on which every bin is one wide."""
    number = bisect_right(BOUNDS, seconds)
    if number == 0:
        return max(seconds, 0.0)
    if number == len(BOUNDS):
        return number + 0.5
    begin, end = BOUNDS[number - 1], BOUNDS[number]
    return number + log(seconds / begin) / log(end / begin)


def _bin(from_seconds: float) -> int:
    return bisect_right(BOUNDS, from_seconds)


def _range(number: int) -> str:
    if number == 0:
        return f"under {bound_in_words(BOUNDS[0])}"
    begin = bound_in_words(BOUNDS[number - 1])
    if number == len(BOUNDS):
        return f"{begin} or more"
    return f"{begin} to {bound_in_words(BOUNDS[number])}"


def _draw_mark(figure: go.Figure, name: str, seconds: float, number: int, colors: Palette) -> None:
    if isnan(seconds):
        return
    # Each name has a line of its own: near each other they would cover each other.
    figure.add_vline(place_of(seconds), line_color=colors.text, line_width=1.5, line_dash="dot")
    figure.add_annotation(
        x=place_of(seconds),
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=2 + 18 * (number % 2),
        text=escape(name),
        showarrow=False,
        font={"color": colors.text, "size": 12},
    )


def _label_axes(figure: go.Figure, shown: range, highest: int, unit: str, colors: Palette) -> None:
    edges = [0, *BOUNDS]
    named = range(shown.start, min(shown.stop, len(BOUNDS)) + 1)
    ticks = [n for n in named if len(named) <= MOST_VALUES_DRAWN or edges[n] in ROUND]
    figure.update_xaxes(
        title="Time taken",
        tickvals=ticks,
        ticktext=[bound_in_words(edges[n]) for n in ticks],
        range=[shown.start - 0.2, shown.stop + 0.2],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        tickangle=0,
    )
    figure.update_yaxes(
        title=f"{unit.capitalize()}s",
        gridcolor=colors.grid,
        fixedrange=True,
        rangemode="tozero",
        tickformat=",d",
        nticks=5,
        dtick=1 if highest < 5 else None,
    )
