"""Figures of the Funnel page: frame in, Plotly figure out."""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.formats import count, percent
from dashboard.ui.export import records
from dashboard.ui.theme import Palette, styled


def funnel_chart(
    steps: pd.DataFrame, colors: Palette, unit: str, band: pd.DataFrame | None = None
) -> go.Figure:
    """Draw one bar per step: units in progress lighter, at its end; its figures above it.

    `band` has `raw` and `corrected` per step: a line between the two shows the tracking gap.
    A step never recorded says so instead of showing zero.
    """
    rows = _rows(steps)
    waiting = [row.get("in_progress") or 0 for row in rows]
    settled = [(row["count"] or 0) - each for row, each in zip(rows, waiting, strict=True)]
    hues = colors.step_colors(len(rows))
    figure = go.Figure(
        [
            _bars(settled, rows, colors, marker_color=hues),
            _bars(
                waiting,
                rows,
                colors,
                marker_color=hues,
                marker_opacity=0.45,
                marker_pattern_shape="/",
                marker_pattern_solidity=0.25,
            ),
        ]
    )
    widest: int = max([row["count"] or 0 for row in rows], default=0)
    if band is not None:
        widest = max([widest, *(row["raw"] or 0 for row in _rows(band))])
        _add_band(figure, _rows(band), colors)
    for position, row in enumerate(rows):
        # Above the bar there is room for them on a phone too.
        figure.add_annotation(
            x=0,
            y=position,
            yshift=19,
            text=_label(row),
            showarrow=False,
            xanchor="left",
            align="left",
            font={"color": colors.text},
        )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.85], visible=False, fixedrange=True)
    figure.update_xaxes(
        title=f"{unit.capitalize()}s",
        range=[0, max(widest, 1) * 1.04],
        gridcolor=colors.grid,
        fixedrange=True,
        zeroline=False,
        tickformat=",d",
        nticks=4,
        dtick=1 if widest < 5 else None,
    )
    title = f"{unit.capitalize()}s that reached each step"
    styled(figure, colors, title, 110 + 50 * len(steps))
    return figure.update_layout(barmode="stack", bargap=0.55)


def _bars(values: list[Any], rows: list[dict[str, Any]], colors: Palette, **more: Any) -> go.Bar:
    return go.Bar(
        x=values,
        y=[*range(len(rows))],
        orientation="h",
        customdata=[row["step"] for row in rows],
        hovertext=[_hover(row) for row in rows],
        hoverinfo="text",
        # What is not selected must stay readable.
        unselected={"marker": {"opacity": 0.75}},
        **more,
    )


def _add_band(figure: go.Figure, rows: list[dict[str, Any]], colors: Palette) -> None:
    """Mark raw on each bar, with a line from there to corrected."""
    known = [(at, row) for at, row in enumerate(rows) if row["corrected"]]
    for at, row in known:
        figure.add_scatter(
            x=[row["raw"], row["corrected"]],
            y=[at, at],
            mode="lines",
            line={"color": colors.text, "width": 2},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[row["raw"] for _, row in known],
        y=[at for at, _ in known],
        mode="markers",
        marker={
            "symbol": "line-ns",
            "size": 14,
            "line": {"color": colors.text, "width": 3},
            "color": colors.text,
        },
        hovertext=[
            f"{count(row['raw'])} raw, {count(row['corrected'])} corrected" for _, row in known
        ],
        hoverinfo="text",
        customdata=[row["step"] for _, row in known],
    )


def parts_chart(parts: pd.DataFrame, colors: Palette, title: str) -> go.Figure:
    """Draw a share per value with its interval; `parts`: value, share, low, high, part, whole."""
    rows = [row for row in _rows(parts) if row["share"] is not None]
    # Two long values may be short for the same: their places tell them apart.
    places = list(range(len(rows)))
    figure = go.Figure(
        go.Scatter(
            x=[row["share"] for row in rows],
            y=places,
            mode="markers+text",
            marker={"color": colors.accent, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "color": colors.accent,
                "thickness": 2,
                "array": [row["high"] - row["share"] for row in rows],
                "arrayminus": [row["share"] - row["low"] for row in rows],
            },
            text=[f"{percent(row['share'])} of {count(row['whole'])}" for row in rows],
            textposition="top center",
            textfont={"color": colors.text},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_yaxes(
        automargin=True,
        fixedrange=True,
        title=None,
        gridcolor=colors.grid,
        zeroline=False,
        range=[len(rows) - 0.5, -0.5],
        tickvals=places,
        ticktext=[both_ends(str(row["value"])) for row in rows],
    )
    figure.update_xaxes(
        title="Share, with its 95 % interval",
        tickformat=".0%",
        rangemode="tozero",
        fixedrange=True,
        gridcolor=colors.grid,
    )
    return styled(figure, colors, title, 120 + 44 * len(rows))


def both_ends(name: str) -> str:
    """Shorten a name in its middle: campaigns differ at their ends."""
    return escape(name if len(name) <= 32 else f"{name[:15]}…{name[-16:]}")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return records(frame)


def _short(name: str) -> str:
    return escape(name if len(name) <= 24 else f"{name[:23]}…")


def _label(row: dict[str, Any]) -> str:
    """Write a step's name and figures, as they stand above its bar."""
    figures = [_short(str(row["label"]))]
    if row.get("optional"):
        figures[0] += " (optional)"
    if row["count"] is None:
        return f"{figures[0]}: not recorded"
    figures.append(f"<b>{count(row['count'])}</b>")
    figures += [
        percent(row[name])
        for name in ("overall_conversion", "step_conversion")
        if row[name] is not None
    ]
    return " · ".join(figures)


def _hover(row: dict[str, Any]) -> str:
    words = _label(row)
    waiting = row.get("in_progress")
    return f"{words}<br>{count(waiting)} of them in progress" if waiting else words
