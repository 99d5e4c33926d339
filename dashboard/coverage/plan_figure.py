"""The figure of the tracking plan: frame in, Plotly figure out."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.coverage.plan_data import PlanStates
from dashboard.model.times import to_local, wall_clock
from dashboard.ui.theme import Palette, styled

# The color of a warning, readable on light and dark.
WARNING = "#d97706"


def plan_lanes(states: PlanStates, colors: Palette) -> go.Figure:
    """Draw when each step was recorded, with its silences in a warning color."""
    zone = states.filters.zone
    figure = go.Figure()
    seen = states.steps.dropna(subset=["first_at", "last_at"])
    for row in seen.to_dict("records"):
        figure.add_trace(_lane(row, row["first_at"], row["last_at"], states, colors.accent))
    for row in states.silences.to_dict("records"):
        until = states.clock if pd.isna(row["next_at"]) else row["next_at"]
        figure.add_trace(_lane(row, row["last_at"], until, states, WARNING))
    lanes = [escape(label) for label in states.steps["label"]]
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=lanes[::-1],
        range=[-0.6, len(lanes) - 0.4],
        tickmode="array",
        tickvals=lanes,
        automargin=True,
        fixedrange=True,
        title=None,
        gridcolor=colors.grid,
    )
    figure.update_xaxes(
        title=f"Time ({zone.key})",
        type="date",
        fixedrange=True,
        gridcolor=colors.grid,
        nticks=7,
        range=_range(states),
    )
    return styled(figure, colors, "When each step was recorded", 110 + 30 * len(lanes))


def _lane(
    row: Mapping[Any, Any], first: Any, last: Any, states: PlanStates, color: str
) -> go.Scatter:
    lane: Any = [escape(row["label"])] * 2
    silent = color == WARNING
    ends = wall_clock(pd.Series([first, last]).astype("datetime64[us]"), states.filters.zone)
    words = "silent" if silent else "raw"
    return go.Scatter(
        x=ends,
        y=lane,
        mode="lines+markers",
        line={"color": color, "width": 10},
        marker={"size": 10, "symbol": "square", "color": color},
        hovertemplate=f"%{{y}}: {words}, %{{x|%Y-%m-%d %H:%M}}<extra></extra>",
    )


def _range(states: PlanStates) -> list[datetime] | None:
    """Return the period's beginning, or the first event's time, up to the clock."""
    first = states.filters.start_at or states.steps["first_at"].min()
    if pd.isna(first):
        return None
    return [to_local(at, states.filters.zone).replace(tzinfo=None) for at in (first, states.clock)]
