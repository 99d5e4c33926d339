"""The figure of the trend: frame in, Plotly figure out."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.trend.table import (
    FEW_WORDS,
    PERIOD_IN_PROGRESS,
    WHOLE_FUNNEL,
    StepPair,
    lines,
)
from dashboard.model.formats import count, percent
from dashboard.model.releases import Release
from dashboard.model.times import to_local
from dashboard.ui.theme import Palette, styled

MOST_BANDS = 2
MOST_NAMED = 6


def trend_chart(
    rows: pd.DataFrame,
    releases: Sequence[Release],
    grain: str,
    zone: ZoneInfo,
    colors: Palette,
    *,
    stretch: StepPair = WHOLE_FUNNEL,
) -> go.Figure:
    """Draw the share that completed the funnel, or converted from one step, per period.

    Closed periods are dots on a line, with their 95 % band where there are few lines; those with
    units in progress are hollow on a dashed line. A cross stands for few units.
    """
    figure = go.Figure()
    drawn = lines(rows)
    for number, (value, part) in enumerate(drawn):
        color = colors.names[number % len(colors.names)] if len(drawn) > 1 else colors.accent
        if len(drawn) <= MOST_BANDS:
            figure.add_trace(_band(part[part["closed"]], color))
        figure.add_traces(_line(part, value, color, len(drawn) > 1))
    top = min(1.0, _highest([part for _, part in drawn], bands=len(drawn) <= MOST_BANDS) * 1.2)
    _shade_open(figure, rows, colors)
    _mark_releases(figure, releases, zone, top, colors)
    periods = [*rows["period"].drop_duplicates()]
    figure.update_xaxes(
        type="date",
        title=None,
        fixedrange=True,
        showgrid=False,
        # Few are named one by one: Plotly's own weeks begin on Sundays.
        tickvals=periods if len(periods) <= MOST_NAMED else None,
        tickformat="%b %Y" if grain == "month" else "%b %-d\n%Y",
    )
    figure.update_yaxes(
        title="Share",
        range=[0, top],
        tickformat=".0%" if top > 0.05 else ".1%",
        gridcolor=colors.grid,
        fixedrange=True,
        zeroline=False,
        nticks=6,
    )
    title = f"{stretch.came[0].upper()}{stretch.came[1:]}, by {grain} of the submission"
    return styled(figure, colors, title, 380).update_layout(
        showlegend=len(drawn) > 1,
        margin_t=72,
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"},
    )


def _line(part: pd.DataFrame, value: str, color: str, named: bool) -> list[go.Scatter]:
    """Draw closed periods, and the open ones with their share so far."""
    name = escape(value) or "all"
    closed = part[part["closed"]]
    # The dashed line begins at the last closed period, so that the eye can follow.
    waiting = pd.concat([closed.tail(1), part[~part["closed"]]]).sort_values("period")
    waiting = waiting if (~part["closed"]).any() else waiting.iloc[:0]
    return [
        _points(closed, "closed_rate", name, color, showlegend=named),
        _points(
            waiting,
            "so_far",
            name,
            color,
            dash="dash",
            hollow=True,
            showlegend=named and closed.empty,
        ),
    ]


def _points(
    part: pd.DataFrame,
    shares: str,
    name: str,
    color: str,
    *,
    dash: str = "solid",
    hollow: bool = False,
    showlegend: bool = False,
) -> go.Scatter:
    open_ones = [hollow and not row.closed for row in part.itertuples()]
    return go.Scatter(
        x=part["period"],
        y=part[shares].tolist(),
        mode="lines+markers",
        name=name,
        legendgroup=name,
        showlegend=showlegend,
        cliponaxis=False,
        line={"color": color, "dash": dash, "width": 2},
        marker={
            "size": [9 if few else 7 for few in part["few"]],
            "color": color,
            "symbol": [
                ("x" if few else "circle") + ("-open" if is_open else "")
                for few, is_open in zip(part["few"], open_ones, strict=True)
            ],
        },
        hoverinfo="text",
        hovertext=[f"{name}<br>{_hover(row)}" for row in part.to_dict("records")],
    )


def _hover(row: dict[Any, Any]) -> str:
    few = f" ({FEW_WORDS})" if row["few"] else ""
    if not row["closed"]:
        return (
            f"{row['period']:%Y-%m-%d}: {percent(row['so_far'])} so far, {count(row['last'])} of "
            f"{count(row['first'])}{few}<br>{PERIOD_IN_PROGRESS}"
        )
    return (
        f"{row['period']:%Y-%m-%d}: {percent(row['closed_rate'])}, {count(row['last_closed'])} of "
        f"{count(row['first_closed'])}{few}<br>"
        f"95 %: {percent(row['low'])} to {percent(row['high'])}"
    )


def _band(closed: pd.DataFrame, color: str) -> go.Scatter:
    """Draw the 95 % band: along the upper ends, and back along the lower ones."""
    forth, back = closed, closed.iloc[::-1]
    return go.Scatter(
        x=[*forth["period"], *back["period"]],
        y=[*forth["high"].tolist(), *back["low"].tolist()],
        fill="toself",
        fillcolor=_faint(color),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"


def _highest(parts: Sequence[pd.DataFrame], *, bands: bool) -> float:
    """Return the highest share, or upper end of a band, that is drawn."""
    tops = [part["so_far"].max() for part in parts]
    if bands:
        tops += [part.loc[part["closed"], "high"].max() for part in parts]
    return max([*(float(top) for top in tops if pd.notna(top)), 0.02])


def _shade_open(figure: go.Figure, rows: pd.DataFrame, colors: Palette) -> None:
    """Shade and label the periods after the last closed one."""
    closed = rows.loc[rows["closed"], "period"]
    after = rows if closed.empty else rows[rows["period"] > closed.max()]
    if after.empty:
        return
    begin, end = after["period"].min(), after["period"].max()
    margin = pd.Timedelta(hours=12)
    figure.add_vrect(
        begin - margin,
        end + margin,
        fillcolor=colors.grid,
        opacity=0.45,
        line_width=0,
        layer="below",
    )
    figure.add_annotation(
        x=end + margin,
        xanchor="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=PERIOD_IN_PROGRESS,
        font={"color": colors.muted, "size": 12},
    )


def _mark_releases(
    figure: go.Figure, releases: Sequence[Release], zone: ZoneInfo, top: float, colors: Palette
) -> None:
    """Draw a dotted line per day with a release; hovering over its head says what changed."""
    local = [(to_local(each.at, zone).replace(tzinfo=None), each) for each in releases]
    for _, group in groupby(local, key=lambda pair: pair[0].date()):
        together = [*group]
        at: Any = together[0][0]
        figure.add_shape(
            type="line",
            x0=at,
            x1=at,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": colors.muted, "width": 1, "dash": "dot"},
        )
        figure.add_trace(
            go.Scatter(
                x=[at],
                y=[top],
                mode="markers",
                cliponaxis=False,
                showlegend=False,
                marker={"symbol": "triangle-down", "size": 11, "color": colors.muted},
                hoverinfo="text",
                hovertext="<br>".join(
                    f"{when:%Y-%m-%d %H:%M} {escape(each.commit)}: {escape(each.changes)}"
                    for when, each in together
                ),
            )
        )
