"""Figures of the Races page: frame in, Plotly figure out."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.periods import DAY_MILLISECONDS
from dashboard.ui.theme import Palette, styled


def findings_trend_figure(days: pd.DataFrame, label: str, colors: Palette) -> go.Figure:
    """Draw one bar per row of `days`, which are days or weeks."""
    weekly = len(days) > 1 and (days["day"].iloc[1] - days["day"].iloc[0]).days == 7
    unit = "week" if weekly else "day"
    figure = go.Figure(
        go.Bar(
            x=days["day"],
            y=days["findings"].to_numpy(dtype=float),
            marker_color=colors.accent,
            width=0.85 * DAY_MILLISECONDS * (7 if weekly else 1),
            hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>",
        )
    )
    figure.update_xaxes(
        title=None,
        type="date",
        fixedrange=True,
        showgrid=False,
        tickformat="%b %-d\n%Y",
        dtick=DAY_MILLISECONDS if len(days) < 10 and not weekly else None,
    )
    return _counting(styled(figure, colors, f"{label}, per {unit}", 240), days, colors)


def gaps(buckets: pd.DataFrame, gap: str, colors: Palette) -> go.Figure:
    """Draw how far apart the colliding rows are, one bar per bucket."""
    figure = go.Figure(
        go.Bar(
            x=buckets["gap"],
            y=buckets["findings"].to_numpy(dtype=float),
            marker_color=colors.accent,
            hovertemplate="%{x}: %{y:,}<extra></extra>",
        )
    )
    figure.update_xaxes(title=gap[0].upper() + gap[1:], type="category", fixedrange=True)
    return _counting(styled(figure, colors, "How far apart they are", 240), buckets, colors)


def _counting(figure: go.Figure, rows: pd.DataFrame, colors: Palette) -> go.Figure:
    few = rows["findings"].max() < 5 if len(rows) else True
    return figure.update_yaxes(
        title="Findings",
        gridcolor=colors.grid,
        fixedrange=True,
        rangemode="tozero",
        tickformat=",d",
        dtick=1 if few else None,
        nticks=5,
    )
