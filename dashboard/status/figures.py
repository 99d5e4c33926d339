"""Figures of the Status page: frame in, Plotly figure out."""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.formats import count
from dashboard.status.data import NO_STEP_NAME
from dashboard.ui.theme import Palette, styled

MOST_BARS = 15


def events_per_step_figure(steps: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw one bar per step name, the largest on top; names come from outside and are escaped."""
    shown = steps.head(MOST_BARS)
    names: Any = [escape(name)[:40] for name in shown["name"].fillna(NO_STEP_NAME)]
    figure = go.Figure(
        go.Bar(
            x=shown["events"].astype(int),
            y=names,
            orientation="h",
            marker_color=colors.accent,
            text=[count(int(each)) for each in shown["events"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,} events<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True, title=None)
    # Room for the number beside the longest bar.
    limit = max(int(shown["events"].max()) * 1.15, 1) if len(shown) else 1
    figure.update_xaxes(
        title="Events", range=[0, limit], gridcolor=colors.grid, fixedrange=True, zeroline=False
    )
    return styled(figure, colors, "Events per step name", 110 + 34 * len(shown))
