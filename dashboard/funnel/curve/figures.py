"""The figure of the conversion curve: frames in, Plotly figure out."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.times.data import BOUNDS
from dashboard.funnel.times.figures import ROUND, bound_in_words
from dashboard.funnel.times.table import seconds_in_words
from dashboard.model.formats import count, percent
from dashboard.ui.theme import Palette, styled

# With more lines than this their bands would cover each other.
MOST_CURVE_BANDS = 2
# More points than this are nearer to each other than the screen can show.
MOST_DRAWN = 600
MOST_AGES_NAMED = 6


def curve_chart(
    curves: Mapping[str, pd.DataFrame],
    step: str,
    subject: str,
    colors: Palette,
    *,
    logarithmic: bool,
) -> go.Figure:
    """Draw the share converted against age, one line per name, as steps.

    Each frame has the rows of one part of conversion_curve(), 1 or more. Age runs from the `step`.
    On a logarithmic axis, what is younger than its beginning stands there. Two lines or fewer have
    their 95 % band.
    """
    banded = len(curves) <= MOST_CURVE_BANDS
    begin = _beginning(curves.values()) if logarithmic else 0
    figure = go.Figure()
    for number, (name, curve) in enumerate(curves.items()):
        color = colors.names[number % len(colors.names)] if len(curves) > 1 else colors.accent
        rows = _drawn(curve, begin)
        if banded:
            figure.add_traces(_ends_of_band(rows, color))
        figure.add_trace(_line(rows, name, color))
    end = max(float(each["age_s"].iloc[-1]) for each in curves.values())
    _label_ages(figure, begin, end, step)
    top = max(float(each["high" if banded else "rate"].max()) for each in curves.values())
    top = min(1.0, max(top * 1.08, 0.005))
    figure.update_yaxes(
        title="Share converted",
        range=[0, top],
        tickformat=".0%" if top > 0.05 else ".1%",
        gridcolor=colors.grid,
        fixedrange=True,
        zeroline=False,
        nticks=6,
    )
    return styled(figure, colors, escape(subject), 380).update_layout(
        showlegend=len(curves) > 1,
        legend={
            "orientation": "h",
            "x": 0,
            "y": -0.22,
            "yanchor": "top",
            # A filled band would reverse it.
            "traceorder": "normal",
        },
    )


def _beginning(curves: Iterable[pd.DataFrame]) -> int:
    """Return where a logarithmic axis begins: the last round age before anyone converts."""
    first = pd.concat([each.loc[each["rate"] > 0, "age_s"] for each in curves]).min()
    return max([each for each in BOUNDS if each < first], default=BOUNDS[0])


def _drawn(curve: pd.DataFrame, begin: float) -> pd.DataFrame:
    """Return the rows to draw, the first and the last one among them, with their place (`x`)."""
    every = -(-len(curve) // MOST_DRAWN)
    rows = pd.concat([curve.iloc[:-1:every], curve.iloc[-1:]])
    return rows.assign(x=rows["age_s"].clip(lower=begin))


def _line(rows: pd.DataFrame, name: str, color: str) -> go.Scatter:
    return go.Scatter(
        x=rows["x"].tolist(),
        y=rows["rate"].tolist(),
        mode="lines",
        name=escape(name),
        line={"color": color, "width": 2, "shape": "hv"},
        # A line at 0 or 100 % keeps its width.
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[_hover(row, name) for row in rows.to_dict("records")],
    )


def _hover(row: dict[Any, Any], name: str) -> str:
    named = f"{escape(name)}<br>" if name else ""
    return (
        f"{named}{seconds_in_words(row['age_s'])}: {percent(row['rate'])}<br>"
        f"95 %: {percent(row['low'])} to {percent(row['high'])}<br>"
        f"{count(int(row['at_risk']))} in progress before"
    )


def _ends_of_band(rows: pd.DataFrame, color: str) -> list[go.Scatter]:
    """Draw the lower end of the 95 % band, and the upper one filled down to it."""
    invisible: dict[str, Any] = {
        "x": rows["x"].tolist(),
        "mode": "lines",
        "line": {"width": 0, "shape": "hv"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return [
        go.Scatter(y=rows["low"].tolist(), **invisible),
        go.Scatter(
            y=rows["high"].tolist(),
            fill="tonexty",
            fillcolor=f"rgba({red},{green},{blue},0.15)",
            **invisible,
        ),
    ]


def _label_ages(figure: go.Figure, begin: float, end: float, step: str) -> None:
    """Name round ages below the figure; a logarithmic axis begins above 0."""
    if begin:
        ticks = [each for each in BOUNDS if begin <= each <= end]
        ticks = (
            ticks if len(ticks) <= MOST_AGES_NAMED else [each for each in ticks if each in ROUND]
        )
    else:
        apart = next((each for each in BOUNDS if end / each <= MOST_AGES_NAMED), BOUNDS[-1])
        ticks = [*range(0, int(end) + 1, apart)]
    figure.update_xaxes(
        title=f"Time since “{escape(step)}”",
        type="log" if begin else "linear",
        tickvals=ticks,
        ticktext=[bound_in_words(each) if each else "0" for each in ticks],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        tickangle=0,
    )
