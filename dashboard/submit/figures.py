"""A submission's pictures: frame in, Plotly figure out."""

from html import escape
from itertools import groupby
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.ui.theme import Palette, styled

# Told apart from the page's text in the light and the dark theme alike.
RED, AMBER = "#d64a55", "#c98a1b"
CALL_ROW_HEIGHT = 23
RING = "planned at"
FIXED: dict[str, Any] = {"fixedrange": True, "zeroline": False}


def call_timeline(
    calls: pd.DataFrame, elapsed: float | None, colors: Palette, title: str = "Calls of both paths"
) -> go.Figure:
    """Draw one line per call under its path: a ring where planned, a mark where made.

    `elapsed` draws where the clock stands, in seconds after the click. Below a call that failed
    stands its SQLSTATE and constraint.
    """
    end = _end(calls, elapsed)
    rows, labels = _laid_out(calls.assign(is_late=calls["planned"] > end / 2), colors)
    figure = go.Figure([_work(rows, elapsed, colors), _rings(rows, colors), *_marks(rows, colors)])
    if elapsed is not None:
        figure.add_vline(elapsed, line_color=colors.muted, line_width=1, line_dash="dot")
    for row in rows:
        if row["outcome"] == "error":
            _explain(figure, row)
    _name_lines(figure, labels)
    figure.update_xaxes(**_across("Seconds after the click", end * 1.12, colors))
    return styled(figure, colors, title, 110 + CALL_ROW_HEIGHT * len(labels))


def step_bars(reached: pd.DataFrame, visitors: int, colors: Palette) -> go.Figure:
    """Draw per step of the plan how many took it: filled where its event is stored, else hollow."""
    figure = go.Figure([_stored_bars(reached, colors), _lost_bars(reached, colors)])
    figure.update_layout(barmode="stack")
    figure.update_yaxes(**FIXED, autorange="reversed", automargin=True)
    axis = _across("Visitors", visitors * 1.35, colors)
    figure.update_xaxes(**axis, dtick=max(1, visitors // 4))
    return styled(figure, colors, "Steps taken and events stored", 110 + 27 * len(reached))


def _name_lines(figure: go.Figure, labels: list[str]) -> None:
    """Put a label before each line, the first one at the top."""
    figure.update_yaxes(
        **FIXED,
        tickvals=[*range(len(labels))],
        ticktext=labels,
        range=[len(labels) - 0.5, -0.5],
        automargin=True,
        showgrid=False,
    )


def _across(title: str, end: float, colors: Palette) -> dict[str, Any]:
    return {**FIXED, "title": title, "range": [0, end], "gridcolor": colors.grid}


def _stored_bars(reached: pd.DataFrame, colors: Palette) -> go.Bar:
    return go.Bar(
        y=reached["label"],
        x=reached["stored"],
        orientation="h",
        marker_color=colors.step_colors(len(reached)),
        hoverinfo="skip",
    )


def _lost_bars(reached: pd.DataFrame, colors: Palette) -> go.Bar:
    lost = reached["took"] - reached["stored"]
    outline = {"color": RED, "width": [1.5 if each else 0 for each in lost]}
    return go.Bar(
        y=reached["label"],
        x=lost,
        orientation="h",
        hoverinfo="skip",
        marker={"color": "rgba(0,0,0,0)", "line": outline},
        text=[_step_words(row) for row in reached.to_dict("records")],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": colors.text},
    )


def _step_words(row: dict[Any, Any]) -> str:
    if not row["took"]:
        return " not taken"
    return f" {row['lost']} lost" if row["lost"] else f" {row['stored']}"


def _laid_out(calls: pd.DataFrame, colors: Palette) -> tuple[list[dict[str, Any]], list[str]]:
    """Give every call a line of its own, below a heading wherever the path changes.

    A call that failed gets a second line, for its error.
    """
    rows: list[dict[str, Any]] = []
    labels: list[str] = []
    for path, group in groupby(calls.to_dict("records"), key=lambda row: row["path"]):
        labels.append(f"<b>{str(path).capitalize()} path</b>")
        for row in group:
            rows.append({str(key): value for key, value in row.items()} | {"line": len(labels)})
            planned = f'<span style="color:{colors.muted}">T+{row["at"]:.1f}</span>'
            labels.append(f"{row['label']}  {planned}")
            labels.extend([""] if row["outcome"] == "error" else [])
    return rows, labels


def _explain(figure: go.Figure, row: dict[str, Any]) -> None:
    """Write an error below its call, from the right edge on: the longest fits a phone."""
    known = [row["sqlstate"], row["constraint"]]
    words = " · ".join(str(each) for each in known if not pd.isna(each)) or "error"
    figure.add_annotation(
        text=escape(words),
        y=row["line"] + 1,
        x=1,
        xref="paper",
        xanchor="right",
        showarrow=False,
        font={"color": RED, "size": 11},
    )


def _work(rows: list[dict[str, Any]], elapsed: float | None, colors: Palette) -> go.Bar:
    """Draw what takes its time as a bar from its beginning to its end, or to now."""
    lasting = [row for row in rows if row["kind"] == "work" and not pd.isna(row["started"])]
    ends = [elapsed if pd.isna(row["ended"]) else row["ended"] for row in lasting]
    return go.Bar(
        y=[row["line"] for row in lasting],
        x=[
            max((row["started"] if end is None else end) - row["started"], 0)
            for row, end in zip(lasting, ends, strict=True)
        ],
        base=[row["started"] for row in lasting],
        orientation="h",
        width=0.55,
        marker_color=colors.accent,
        marker_line_width=0,
        opacity=0.55,
        hoverinfo="skip",
    )


def _rings(rows: list[dict[str, Any]], colors: Palette) -> go.Scatter:
    """Draw where each call that was made had been planned, where anything was to wait at all."""
    waits = any(row["planned"] > 0 for row in rows)
    made = [row for row in rows if waits and not pd.isna(row["started"])]
    return go.Scatter(
        name=RING,
        x=[row["planned"] for row in made],
        y=[row["line"] for row in made],
        mode="markers",
        marker={"symbol": "circle-open", "size": 14, "color": colors.muted},
        cliponaxis=False,
        hovertemplate="planned at %{x:.2f} s<extra></extra>",
    )


def _marks(rows: list[dict[str, Any]], colors: Palette) -> list[go.Scatter]:
    made = [row for row in rows if row["outcome"] in ("committed", "done", "running")]
    wrong = [row for row in rows if row["outcome"] == "error"]
    unknown = [row for row in rows if row["outcome"] in ("unknown", "cut off", "dropped")]
    faded = [row for row in rows if row["outcome"] in ("planned", "not made")]
    return [
        _timeline(faded, colors.muted, "circle-open", "planned", colors),
        _timeline(made, colors.accent, "circle", "started", colors),
        _timeline(unknown, AMBER, "diamond", "started", colors),
        _timeline(wrong, RED, "x", "started", colors),
    ]


def _timeline(
    rows: list[dict[str, Any]], color: str, symbol: str, time: str, colors: Palette
) -> go.Scatter:
    return go.Scatter(
        x=[row[time] for row in rows],
        y=[row["line"] for row in rows],
        mode="markers+text",
        marker={"color": color, "symbol": symbol, "size": 8},
        cliponaxis=False,
        text=[_words(row) for row in rows],
        # Toward the middle, or the right edge would cut it off.
        textposition=[f"middle {'left' if row['is_late'] else 'right'}" for row in rows],
        textfont={"color": colors.text, "size": 12},
        customdata=[row["outcome"] for row in rows],
        hovertemplate="%{customdata} at %{x:.2f} s<extra></extra>",
    )


def _words(row: dict[str, Any]) -> str:
    """Say beside the mark what it doesn't show: nothing where all went well."""
    said = row["outcome"] in ("unknown", "cut off", "dropped", "not made")
    return f"  {row['outcome']}  " if said else ""


def _end(calls: pd.DataFrame, elapsed: float | None) -> float:
    """Return the last second that the picture shows; at least a moment."""
    times = pd.concat([calls["planned"], calls["started"], calls["ended"]])
    return max(float(times.max()), elapsed or 0.0, 0.01)
