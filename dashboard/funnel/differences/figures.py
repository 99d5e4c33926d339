"""The figure of segments that differ: frame in, Plotly figure out."""

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.differences.table import PROPERTY_LABELS
from dashboard.funnel.figures import both_ends
from dashboard.model.formats import count, percent
from dashboard.ui.theme import Palette, styled

# A cell that differs has at least this much of the color of the largest difference.
FAINTEST = 0.4
Cells = dict[tuple[int, int], dict[Any, Any]]


def differences_chart(rows: pd.DataFrame, steps: dict[str, str], colors: Palette) -> go.Figure:
    """Draw the conversion of each value that differs at a step, colored only where it does.

    `rows` are those of difference_table(); `steps` are labels by step, in order.
    """
    differing = rows.loc[rows["differs"] != "", "segment"]
    drawn = rows[rows["segment"].isin(differing)]
    # Two long values may be short for the same: their places tell them apart.
    segments = [*drawn["segment"].drop_duplicates()]
    cells: Cells = {
        (segments.index(row["segment"]), [*steps].index(row["step"])): row
        for row in drawn.to_dict("records")
    }
    names = [_name(row) for row in drawn.drop_duplicates("segment").to_dict("records")]
    figure = go.Figure(
        [_colored(cells, len(segments), len(steps), colors), _written(cells, colors)]
    )
    grid: dict[str, Any] = {"fixedrange": True, "showgrid": False, "zeroline": False, "title": None}
    figure.update_yaxes(
        automargin=True,
        range=[len(segments) - 0.5, -0.5],
        tickvals=[*range(len(segments))],
        ticktext=names,
        **grid,
    )
    figure.update_xaxes(
        side="top",
        range=[-0.5, len(steps) - 0.5],
        tickvals=[*range(len(steps))],
        ticktext=[_wrapped(each) for each in steps.values()],
        tickangle=0,
        **grid,
    )
    title = "Step conversion of the values that differ"
    return styled(figure, colors, title, 120 + 40 * len(segments)).update_layout(margin_t=104)


def _colored(cells: Cells, height: int, width: int, colors: Palette) -> go.Heatmap:
    """Color the cells that differ: both hues are fainter where the difference is smaller."""
    differing = {place: _by(cell) for place, cell in cells.items() if cell["differs"]}
    hovers = {place: _hover(cells[place]) for place in differing}
    places = [[(y, x) for x in range(width)] for y in range(height)]
    largest = max(map(abs, differing.values()))
    shown: Any = [[differing.get(place) for place in line] for line in places]
    texts: Any = [[hovers.get(place, "") for place in line] for line in places]
    return go.Heatmap(
        z=shown,
        zmin=-largest,
        zmax=largest,
        colorscale=[
            (0.0, _see_through(colors.fewer, 1)),
            (0.5, _see_through(colors.fewer, FAINTEST)),
            (0.5, _see_through(colors.more, FAINTEST)),
            (1.0, _see_through(colors.more, 1)),
        ],
        showscale=False,
        xgap=2,
        ygap=2,
        text=texts,
        hoverinfo="text",
        hoverongaps=False,
    )


def _written(cells: Cells, colors: Palette) -> go.Scatter:
    """Write each cell's conversion; a mark shows the direction without its color."""
    return go.Scatter(
        x=[float(x) for _, x in cells],
        y=[float(y) for y, _ in cells],
        mode="text",
        text=[f"{_mark(cell)}{percent(cell['rate'])}" for cell in cells.values()],
        textfont={
            "size": 12,
            "color": [colors.text if cell["differs"] else colors.muted for cell in cells.values()],
        },
        hoverinfo="skip",
    )


def _by(cell: dict[Any, Any]) -> float:
    return float(cell["rate"] - cell["other_rate"])


def _mark(cell: dict[Any, Any]) -> str:
    if not cell["differs"]:
        return ""
    return "▲ " if _by(cell) > 0 else "▼ "


def _hover(cell: dict[Any, Any]) -> str:
    return (
        f"{escape(cell['segment'])}<br>{escape(cell['label'])}: {percent(cell['rate'])} of "
        f"{count(cell['n'])}<br>others: {percent(cell['other_rate'])} of {count(cell['other_n'])}"
    )


def _see_through(color: str, opacity: float) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _name(row: dict[Any, Any]) -> str:
    """Write the property above its value: side by side they leave a phone no room."""
    return f"{escape(PROPERTY_LABELS[row['property']])}<br>{both_ends(row['value'])}"


def _wrapped(label: str) -> str:
    """Write each word of a step on a line of its own."""
    return "<br>".join(escape(each) for each in label.split())
