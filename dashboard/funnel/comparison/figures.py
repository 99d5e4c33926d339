"""The figure of two periods' funnels: frame in, Plotly figure out."""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.formats import count, percent
from dashboard.ui.theme import Palette, styled


def comparison_chart(
    rows: pd.DataFrame, periods: tuple[str, str], title: str, colors: Palette
) -> go.Figure:
    """Draw both periods' overall conversion per step; `rows` as PeriodComparison.overall."""
    figure = go.Figure(
        [
            _bars(rows, ("other_rate", "other_n"), periods[1], colors.muted, colors),
            _bars(rows, ("rate", "n"), periods[0], colors.accent, colors),
        ]
    )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=_labels(rows)[::-1],
        automargin=True,
        fixedrange=True,
        title=None,
    )
    # Room for the words beside the longest bar.
    figure.update_xaxes(
        title="Share of the first step",
        range=[0, 1.25],
        tickformat=".0%",
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        gridcolor=colors.grid,
        fixedrange=True,
        zeroline=False,
    )
    return styled(figure, colors, title, 160 + 62 * len(rows)).update_layout(
        showlegend=True,
        barmode="group",
        margin_b=104,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "traceorder": "reversed",
        },
    )


def _bars(
    rows: pd.DataFrame, columns: tuple[str, str], period: str, color: str, colors: Palette
) -> go.Bar:
    """Draw the bars of one period; `columns` hold their shares and their denominators."""
    share, whole = columns
    texts = [percent(float(each)) for each in rows[share]]
    n = int(rows[whole].max()) if len(rows) else 0
    return go.Bar(
        y=_labels(rows),
        x=rows[share].tolist(),
        orientation="h",
        name=f"{escape(period)} (n = {count(n)})",
        marker_color=color,
        text=texts,
        textposition="outside",
        cliponaxis=False,
        textfont={"color": colors.text},
        hoverinfo="text",
        hovertext=[f"{escape(period)}: {each} of {count(n)}" for each in texts],
    )


def _labels(rows: pd.DataFrame) -> list[Any]:
    return [escape(str(each)) for each in rows["label"]]
