"""Figures of the Funnel page: frame in, Plotly figure out."""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.shared.export import records
from dashboard.shared.formats import count, percent
from dashboard.shared.theme import Palette, styled


def funnel_chart(
    steps: pd.DataFrame, colors: Palette, unit: str, band: pd.DataFrame | None = None
) -> go.Figure:
    """Draw one bar per step: who is still on the way lighter, at its end; and what is written.

    `band` has `recorded` and `repaired` per step: a line between the two shows what recording lost.
    A step never recorded says so instead of showing zero.
    """
    rows = _rows(steps)
    waiting = [row.get("in_progress") or 0 for row in rows]
    settled = [(row["count"] or 0) - each for row, each in zip(rows, waiting, strict=True)]
    # plotly's stubs know no names on an axis.
    names: Any = [escape(str(row["label"])) for row in rows]
    hues = colors.step_colors(len(rows))
    figure = go.Figure([
        _bars(names, settled, rows, colors, marker_color=hues, name="settled"),
        _bars(
            names, waiting, rows, colors, name="in progress", marker_color=hues,
            marker_opacity=0.45, marker_pattern_shape="/", marker_pattern_solidity=0.25,
            text=[_label(row) for row in rows], textposition="outside",
        ),
    ])  # fmt: skip
    widest: int = max([row["count"] or 0 for row in rows], default=0)
    if band is not None:
        widest = max([widest, *(row["recorded"] or 0 for row in _rows(band))])
        _add_band(figure, names, _rows(band), colors)
    figure.update_yaxes(
        autorange="reversed", automargin=True, fixedrange=True, title=None, type="category"
    )
    figure.update_xaxes(
        # Room for the words beside the longest bar.
        title=f"{unit.capitalize()}s", range=[0, max(widest, 1) * 1.62], gridcolor=colors.grid,
        fixedrange=True, zeroline=False, tickformat=",d", nticks=4,
        dtick=1 if widest < 5 else None,
    )  # fmt: skip
    title = f"{unit.capitalize()}s that reached each step"
    return styled(figure, colors, title, 120 + 50 * len(steps)).update_layout(barmode="stack")


def _bars(
    names: Any, values: list[Any], rows: list[dict[str, Any]], colors: Palette, **more: Any
) -> go.Bar:
    hover = [f"{name}: {_label(row)}" for name, row in zip(names, rows, strict=True)]
    return go.Bar(
        x=values, y=names, orientation="h", cliponaxis=False, textfont={"color": colors.text},
        customdata=[row["step"] for row in rows], hovertext=hover, hoverinfo="text",
        # What is not selected must stay readable.
        unselected={"marker": {"opacity": 0.75}, "textfont": {"color": colors.text}}, **more,
    )  # fmt: skip


def _add_band(figure: go.Figure, names: Any, rows: list[dict[str, Any]], colors: Palette) -> None:
    """Mark the reading Recorded on each bar, with a line from there to the reading Repaired."""
    known: list[tuple[Any, dict[str, Any]]] = [
        (name, row) for name, row in zip(names, rows, strict=True) if row["repaired"]
    ]
    ends: Any
    for name, row in known:
        ends = [name, name]
        figure.add_scatter(
            x=[row["recorded"], row["repaired"]], y=ends, mode="lines",
            line={"color": colors.text, "width": 2}, hoverinfo="skip",
        )  # fmt: skip
    marked: Any = [name for name, _ in known]
    figure.add_scatter(
        x=[row["recorded"] for _, row in known], y=marked, mode="markers",
        marker={
            "symbol": "line-ns", "size": 16, "line": {"color": colors.text, "width": 3},
            "color": colors.text,
        },
        hovertext=[
            f"{name}: {count(row['recorded'])} recorded, {count(row['repaired'])} repaired"
            for name, row in known
        ],
        hoverinfo="text", customdata=[row["step"] for _, row in known],
    )  # fmt: skip


def parts_chart(parts: pd.DataFrame, colors: Palette, title: str) -> go.Figure:
    """Draw a share per value with its interval; `parts`: value, share, low, high, part, whole."""
    rows = [row for row in _rows(parts) if row["share"] is not None]
    names: Any = [_short(str(row["value"])) for row in rows]
    figure = go.Figure(
        go.Scatter(
            x=[row["share"] for row in rows], y=names, mode="markers+text",
            marker={"color": colors.accent, "size": 11},
            error_x={
                "type": "data", "symmetric": False, "color": colors.accent, "thickness": 2,
                "array": [row["high"] - row["share"] for row in rows],
                "arrayminus": [row["share"] - row["low"] for row in rows],
            },
            text=[f"{percent(row['share'])} of {count(row['whole'])}" for row in rows],
            textposition="top center", textfont={"color": colors.text}, cliponaxis=False,
            hoverinfo="skip",
        )
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", automargin=True, fixedrange=True, type="category", title=None,
        gridcolor=colors.grid,
    )  # fmt: skip
    figure.update_xaxes(
        title="Share, with its 95 % interval", tickformat=".0%", rangemode="tozero",
        fixedrange=True, gridcolor=colors.grid,
    )  # fmt: skip
    return styled(figure, colors, title, 120 + 44 * len(rows))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return records(frame)


def _short(name: str) -> str:
    return escape(name if len(name) <= 24 else f"{name[:23]}…")


def _label(row: dict[str, Any]) -> str:
    """Write a step's figures beside its bar."""
    if row["count"] is None:
        return "not recorded"
    words = count(row["count"])
    if row["of_first"] is not None:
        words += f" · {percent(row['of_first'])} of first"
    if row["of_previous"] is not None:
        words += f"<br>{percent(row['of_previous'])} of previous"
    waiting = row.get("in_progress")
    return words + (f", {count(waiting)} on the way" if waiting else "")
