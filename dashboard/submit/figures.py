"""The time line of a submission: frame in, Plotly figure out."""

from itertools import groupby
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.shared.theme import Palette, styled

# Told apart from the page's text in the light and the dark theme alike.
RED, AMBER = "#d64a55", "#c98a1b"
ROW_HEIGHT = 23


def timeline(calls: pd.DataFrame, elapsed: float | None, colors: Palette) -> go.Figure:
    """Draw one line per call under its path: hollow where planned, filled where made.

    `elapsed` draws where the clock stands, in seconds after the click.
    """
    rows, labels = _laid_out(calls)
    figure = go.Figure([_work(rows, elapsed, colors), *_marks(rows, colors)])
    if elapsed is not None:
        figure.add_vline(elapsed, line_color=colors.muted, line_width=1, line_dash="dot")
    figure.update_yaxes(
        tickvals=[*range(len(labels))], ticktext=labels, range=[len(labels) - 0.5, -0.5],
        automargin=True, fixedrange=True, title=None, showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_xaxes(
        title="Seconds after the click", range=[0, _end(calls, elapsed) * 1.12],
        gridcolor=colors.grid, fixedrange=True, zeroline=False,
    )  # fmt: skip
    return styled(figure, colors, "Calls of the two paths", 110 + ROW_HEIGHT * len(labels))


def _laid_out(calls: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """Give every call a line of its own, below a heading wherever the path changes."""
    rows: list[dict[str, Any]] = []
    labels: list[str] = []
    for path, group in groupby(calls.to_dict("records"), key=lambda row: row["path"]):
        labels.append(f"<b>{str(path).capitalize()} path</b>")
        for row in group:
            rows.append({str(key): value for key, value in row.items()} | {"line": len(labels)})
            labels.append(str(row["label"]))
    return rows, labels


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
        base=[row["started"] for row in lasting], orientation="h", width=0.55,
        marker_color=colors.accent, marker_line_width=0, opacity=0.55, hoverinfo="skip",
    )  # fmt: skip


def _marks(rows: list[dict[str, Any]], colors: Palette) -> list[go.Scatter]:
    made = [row for row in rows if row["outcome"] in ("committed", "done", "running")]
    wrong = [row for row in rows if row["outcome"] == "error"]
    unknown = [row for row in rows if row["outcome"] in ("unknown", "cut off")]
    faded = [row for row in rows if row["outcome"] in ("planned", "not made")]
    return [
        _trace(faded, colors.muted, "circle-open", "planned", colors),
        _trace(made, colors.accent, "circle", "started", colors),
        _trace(unknown, AMBER, "diamond", "started", colors),
        _trace(wrong, RED, "x", "started", colors),
    ]


def _trace(
    rows: list[dict[str, Any]], color: str, symbol: str, time: str, colors: Palette
) -> go.Scatter:
    return go.Scatter(
        x=[row[time] for row in rows], y=[row["line"] for row in rows], mode="markers+text",
        marker={"color": color, "symbol": symbol, "size": 9}, cliponaxis=False,
        text=[_words(row) for row in rows], textposition="middle right",
        textfont={"color": colors.text, "size": 12},
        hovertemplate="%{x:.2f} s<extra></extra>",
    )  # fmt: skip


def _words(row: dict[str, Any]) -> str:
    """Say beside the mark what it doesn't show: nothing where all went well."""
    if row["outcome"] == "error":
        return f"  {row['sqlstate']}" if not pd.isna(row["sqlstate"]) else "  error"
    said = row["outcome"] in ("unknown", "cut off", "not made")
    return f"  {row['outcome']}" if said else ""


def _end(calls: pd.DataFrame, elapsed: float | None) -> float:
    """Return the last second that the picture shows; at least a moment."""
    times = pd.concat([calls["planned"], calls["started"], calls["ended"]])
    return max(float(times.max()), elapsed or 0.0, 0.01)
