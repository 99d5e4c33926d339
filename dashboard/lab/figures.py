"""The lab's one chart: frame in, Plotly figure out."""

from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.ui.theme import Palette, styled

WRONG = {
    "duplicate_organizations": "Duplicate<br>organizations",
    "duplicate_leads": "Duplicate<br>leads",
    "lost_steps": "Lost<br>events",
}
STRATEGY_ROW_HEIGHT, BAR_HEIGHT = 34, 18


def what_went_wrong(results: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw the duplicates and losses of each strategy, each kind on a scale of its own.

    The first run is drawn in the accent color, one that it is compared with in gray.
    """
    figure = make_subplots(1, len(WRONG), shared_yaxes=True, horizontal_spacing=0.05)
    for run in dict.fromkeys(results["run"]):
        rows = results[results["run"] == run]
        color = colors.accent if run == results["run"].iloc[0] else colors.muted
        for place, kind in enumerate(WRONG, 1):
            figure.add_trace(_bars(rows, kind, color, colors), 1, place)
    for place, kind in enumerate(WRONG, 1):
        figure.update_xaxes(**_scale(results[kind], WRONG[kind], colors), col=place)
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True, showgrid=False)
    runs, strategies = results["run"].nunique(), results["strategy"].nunique()
    height = 140 + strategies * (STRATEGY_ROW_HEIGHT + BAR_HEIGHT * (runs - 1))
    styled(figure, colors, "Duplicates and losses", height)
    # Below the title there are those of the columns.
    return figure.update_layout(margin_t=96, title_y=0.99, title_yanchor="top")


def _scale(numbers: "pd.Series[int]", title: str, colors: Palette) -> dict[str, Any]:
    """Return an axis with room for the number beside the longest bar, even where all are zero."""
    return {
        "range": [0, max(float(numbers.max()), 1.0) * 1.6],
        "showticklabels": False,
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": colors.grid,
        "fixedrange": True,
        "side": "top",
        "title": {"text": title, "font": {"size": 13, "color": colors.muted}},
    }


def _bars(rows: pd.DataFrame, kind: str, color: str, colors: Palette) -> go.Bar:
    numbers = [int(number) for number in rows[kind]]
    return go.Bar(
        y=rows["label"].map(lambda label: "<br>".join(wrap(label, 18))),
        x=numbers,
        orientation="h",
        marker_color=color,
        text=[f"{number:,}" for number in numbers],
        textposition="outside",
        textfont={"color": colors.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
