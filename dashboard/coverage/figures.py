"""Figures of the Coverage page: frame in, Plotly figure out."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from dashboard.coverage.words import TABLE_NAMES
from dashboard.model.periods import Grain
from dashboard.model.releases import Release
from dashboard.model.times import to_local
from dashboard.ui.partial import hover_words
from dashboard.ui.theme import MOST_INTERVALS, Palette, styled

FREQUENCIES: dict[Grain, str] = {"day": "D", "week": "W-MON", "month": "MS"}
# With more days, weeks or months than this, gaps are left unmarked.
MOST_POINTS = 4_000
DASHES = dict(zip(TABLE_NAMES, ("dash", "solid", "dot"), strict=True))


def shares_over_time(
    shares: pd.DataFrame, grain: Grain, releases: Sequence[Release], zone: ZoneInfo, colors: Palette
) -> go.Figure:
    """Draw one line per table, with a break where it has no row, and a line per release.

    A period of which only a part is counted is a hollow dot beside the line.
    """
    figure = go.Figure()
    present = [name for name in TABLE_NAMES if name in set(shares["table_name"])]
    for name, color in colors.of_names(TABLE_NAMES).items():
        if name in present:
            own = shares[shares["table_name"] == name]
            whole = own.assign(share=own["share"].mask(own["is_partial"]))
            figure.add_trace(_line(name, _with_gaps(whole, grain), color))
            if own["is_partial"].any():
                figure.add_trace(_hollow(name, own[own["is_partial"]], grain, color))
    middle = shares["begin"].min() + (shares["begin"].max() - shares["begin"].min()) / 2
    _mark_releases(figure, releases, zone, colors, middle)
    figure.update_yaxes(
        title="Share with session id",
        range=[-0.03, 1.06],
        tickformat=".0%",
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        gridcolor=colors.grid,
        fixedrange=True,
        zeroline=False,
    )
    figure.update_xaxes(title=None, type="date", fixedrange=True, showgrid=False)
    styled(
        figure,
        colors,
        f"Rows that should have a session id and do, per {grain}",
        330,
    )
    # Lines cross and end anywhere, so names beside them would overlap on a phone.
    return figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        margin={"t": 84 if releases else 64},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )


def _with_gaps(rows: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Add the days, weeks or months in between that have no row."""
    begins = rows.set_index("begin")
    span = (begins.index[-1] - begins.index[0]).days
    if span > MOST_POINTS:
        return rows
    whole = pd.date_range(begins.index[0], begins.index[-1], freq=FREQUENCIES[grain])
    return begins.reindex(whole).rename_axis("begin").reset_index()


def _line(name: str, rows: pd.DataFrame, color: str) -> go.Scatter:
    few = len(rows) <= MOST_INTERVALS
    line = _dots(name, rows, few)
    line.update(
        mode="lines+markers",
        line={"color": color, "width": 2, "dash": DASHES[name]},
        marker={"size": 5 if few else 3},
    )
    return line


def _hollow(name: str, rows: pd.DataFrame, grain: Grain, color: str) -> go.Scatter:
    """Draw the periods of which only a part is counted."""
    dots = _dots(name, rows, few=True, words=hover_words(grain, [True])[0])
    dots.update(
        mode="markers",
        marker={"size": 7, "symbol": "circle-open", "color": color},
        error_y_color=color,
        showlegend=False,
    )
    return dots


def _dots(name: str, rows: pd.DataFrame, few: bool, words: str = "") -> go.Scatter:
    """Draw the shares with their intervals, unless there are too many of them."""
    shares = rows["share"].astype(float)
    counts: Any = rows[["with_session", "expected"]].fillna(0).astype(int).to_numpy()
    return go.Scatter(
        x=rows["begin"],
        y=shares,
        name=TABLE_NAMES[name],
        legendgroup=name,
        customdata=counts,
        error_y={
            "type": "data",
            "array": rows["high"] - shares,
            "arrayminus": shares - rows["low"],
            "thickness": 1,
            "width": 0,
            "visible": few,
        },
        hovertemplate=f"%{{y:.1%}} (%{{customdata[0]:,}} of %{{customdata[1]:,}}){words}",
    )


def _mark_releases(
    figure: go.Figure,
    releases: Sequence[Release],
    zone: ZoneInfo,
    colors: Palette,
    middle: pd.Timestamp,
) -> None:
    """Draw a line per release, and one label per day, so that labels do not overlap."""
    labels: dict[Any, list[str]] = {}
    for release in releases:
        at: Any = to_local(release.at, zone).replace(tzinfo=None)
        figure.add_shape(
            type="line",
            x0=at,
            x1=at,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": colors.muted, "width": 1, "dash": "dot"},
        )
        labels.setdefault(at.date(), []).append(release.commit)
    for day, commits in labels.items():
        text = commits[0] if len(commits) == 1 else f"{len(commits)} releases"
        figure.add_annotation(
            x=pd.Timestamp(day),
            y=0,
            yref="paper",
            yanchor="bottom",
            text=text,
            xanchor="left" if pd.Timestamp(day) < middle else "right",
            showarrow=False,
            font={"color": colors.muted, "size": 12},
        )
