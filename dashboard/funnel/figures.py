"""Figures of the Funnel page: frame in, Plotly figure out."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.shared.formats import count, percent
from dashboard.shared.theme import Palette, styled


def funnel_chart(steps: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw one bar per planned step; a step never recorded says so instead of showing zero."""
    counts = steps["count"].fillna(0).astype(int)
    figure = go.Figure(
        go.Bar(
            x=counts, y=steps["label"], orientation="h",
            marker_color=colors.step_colors(len(steps)), text=[_label(row) for row in _rows(steps)],
            textposition="outside", cliponaxis=False, textfont={"color": colors.text},
            customdata=steps["step"], hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True, title=None)
    # Room for the words beside the longest bar.
    limit = max(int(counts.max()), 1) * 1.45
    figure.update_xaxes(
        title="Leads", range=[0, limit], gridcolor=colors.grid, fixedrange=True, zeroline=False,
        rangemode="tozero", tickformat=",d", nticks=5, dtick=1 if counts.max() < 5 else None,
    )  # fmt: skip
    return styled(figure, colors, "Leads that reached each step", 110 + 42 * len(steps))


def _rows(steps: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in steps.to_dict("records")]


def _label(row: dict[str, object]) -> str:
    reached, of_first = row["count"], row["of_first"]
    if pd.isna(reached):  # type: ignore[call-overload]
        return "not recorded"
    share = "" if pd.isna(of_first) else f" · {percent(float(of_first))}"  # type: ignore[call-overload,arg-type]
    return f"{count(int(reached))}{share}"  # type: ignore[call-overload]
