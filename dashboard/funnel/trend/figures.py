"""The figure of the trend: frame in, Plotly figure out."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.cohorts.data import FULLY, NOT_TRACKED, PARTLY
from dashboard.funnel.trend.table import FEW_WORDS, TrendWords, lines
from dashboard.model.formats import count, percent
from dashboard.model.releases import Release
from dashboard.model.times import to_local
from dashboard.ui.theme import MOST_INTERVALS, Palette, styled

# With more lines, intervals would hide the shares.
MOST_LINES_WITH_INTERVALS = 2
MOST_NAMED = 6


def trend_chart(
    rows: pd.DataFrame,
    releases: Sequence[Release],
    zone: ZoneInfo,
    colors: Palette,
    words: TrendWords,
) -> go.Figure:
    """Draw the share that converts within one age, per period and part of the breakdown.

    Fully observed periods are dots on a line, partly observed ones hollow dots on a dashed line,
    each with its 95 % interval. A cross stands for few units. Other periods have no dot.
    """
    figure = go.Figure()
    drawn = lines(rows)
    for number, (value, part) in enumerate(drawn):
        color = colors.names[number % len(colors.names)] if len(drawn) > 1 else colors.accent
        bars = len(drawn) <= MOST_LINES_WITH_INTERVALS and len(part) <= MOST_INTERVALS
        figure.add_traces(_line(part, value, color, named=len(drawn) > 1, bars=bars))
    top = min(1.0, _highest([part for _, part in drawn]) * 1.2)
    _shade_partly(figure, rows, colors)
    _mark_releases(figure, releases, zone, top, colors)
    periods = [*rows["period"].dropna().drop_duplicates()]
    figure.update_xaxes(
        type="date",
        title=None,
        fixedrange=True,
        showgrid=False,
        # Few are named one by one: Plotly's own weeks begin on Sundays.
        tickvals=periods if len(periods) <= MOST_NAMED else None,
        tickformat="%b %Y" if words.grain == "month" else "%b %-d\n%Y",
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
    came = f"{words.came[0].upper()}{words.came[1:]}"
    title = f"{came} within {words.age}, by {words.grain}"
    return styled(figure, colors, escape(title), 380).update_layout(
        showlegend=len(drawn) > 1,
        margin_t=72,
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"},
    )


def _line(
    part: pd.DataFrame, value: str, color: str, *, named: bool, bars: bool
) -> list[go.Scatter]:
    """Draw the fully observed periods, and the partly observed ones behind the last of them."""
    name = escape(value) or "all"
    full = part["state"] == FULLY
    # The dashed line begins at the last full dot, so that the eye can follow.
    after = pd.concat([part[full].tail(1), part[~full]]).sort_values("period")
    traces = [_points(part, part["rate"].where(full), name, color, bars=bars)]
    if (part["state"] == PARTLY).any():
        traces.append(_points(after, after["rate"], name, color, hollow=True, bars=bars))
    for number, trace in enumerate(traces):
        trace.showlegend = named and number == (0 if full.any() else len(traces) - 1)
    return traces


def _points(
    part: pd.DataFrame,
    shares: "pd.Series[float]",
    name: str,
    color: str,
    *,
    bars: bool,
    hollow: bool = False,
) -> go.Scatter:
    rows = part.to_dict("records")
    known = shares.notna()
    ends = [(part["high"] - shares).where(known), (shares - part["low"]).where(known)]
    return go.Scatter(
        x=part["period"],
        y=_numbers(shares),
        mode="lines+markers",
        name=name,
        legendgroup=name,
        cliponaxis=False,
        line={"color": color, "dash": "dash" if hollow else "solid", "width": 2},
        marker={
            "size": [10 if row["few"] else 9 for row in rows],
            "color": color,
            # With sizes of their own, Plotly would make them pale.
            "opacity": 1,
            "symbol": [_symbol(row) for row in rows],
        },
        error_y={
            "type": "data",
            "array": _numbers(ends[0]),
            "arrayminus": _numbers(ends[1]),
            "thickness": 1.2,
            "width": 3,
            "color": color,
            "visible": bars,
        },
        hoverinfo="text",
        hovertext=[f"{name}<br>{_hover(row)}" for row in rows],
    )


def _numbers(values: "pd.Series[float]") -> Any:
    """Return the numbers, None for a gap: as null it draws nothing."""
    return [None if pd.isna(each) else float(each) for each in values]


def _symbol(row: dict[Any, Any]) -> str:
    return ("x" if row["few"] else "circle") + ("" if row["state"] == FULLY else "-open")


def _hover(row: dict[Any, Any]) -> str:
    few = f" ({FEW_WORDS})" if row["few"] else ""
    if pd.isna(row["rate"]):
        return f"{row['period']:%Y-%m-%d}: {row['state']}"
    observed = f"{count(row['observed'])} of {count(row['entered'])} observed"
    return (
        f"{row['period']:%Y-%m-%d}: {percent(row['rate'])}{few}<br>{observed}<br>"
        f"95 %: {percent(row['low'])} to {percent(row['high'])}"
    )


def _highest(parts: Sequence[pd.DataFrame]) -> float:
    """Return the highest end of an interval."""
    tops = [part["high"].max() for part in parts]
    return max([*(float(top) for top in tops if pd.notna(top)), 0.02])


def _shade_partly(figure: go.Figure, rows: pd.DataFrame, colors: Palette) -> None:
    """Shade and label the periods after the last fully observed one."""
    dated = rows.dropna(subset="period")
    full = dated.loc[dated["state"] == FULLY, "period"]
    after = dated if full.empty else dated[dated["period"] > full.max()]
    if after.empty or (after["state"] == NOT_TRACKED).all():
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
        text=PARTLY,
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
