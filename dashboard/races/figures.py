"""Figures of the Races page: frame in, Plotly figure out."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.periods import DAY_MILLISECONDS
from dashboard.races.over_time import FindingsTrend
from dashboard.ui.partial import hatched, hover_words
from dashboard.ui.theme import Palette, styled


def findings_trend_figure(trend: FindingsTrend, label: str, colors: Palette) -> go.Figure:
    """Draw one bar per day or week; one that counts only a part of it is hatched."""
    days, weekly = trend.rows, trend.grain == "week"
    figure = go.Figure(
        go.Bar(
            x=days["day"],
            y=days["findings"].to_numpy(dtype=float),
            marker={"color": colors.accent, **hatched(days["is_partial"])},
            width=0.85 * DAY_MILLISECONDS * (7 if weekly else 1),
            customdata=hover_words(trend.grain, days["is_partial"]),
            hovertemplate="%{x|%Y-%m-%d}: %{y:,}%{customdata}<extra></extra>",
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
    return _counting(styled(figure, colors, f"{label}, per {trend.grain}", 240), days, colors)


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
