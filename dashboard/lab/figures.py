"""The lab's one chart: frame in, Plotly figure out."""

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.ui.theme import Palette, styled

WRONG = {
    "duplicate_organizations": "Organizations<br>too many",
    "duplicate_leads": "Leads<br>too many",
    "lost_steps": "Events<br>lost",
}
STRATEGY_ROW_HEIGHT, BAR_HEIGHT = 34, 18


def what_went_wrong(results: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw per strategy what is there twice and what is lost, each kind on a scale of its own.

    The first run is drawn in the accent color, one that it is compared with in gray.
    """
    figure = make_subplots(1, len(WRONG), shared_yaxes=True, horizontal_spacing=0.05)
    for run in dict.fromkeys(results["run"]):
        rows = results[results["run"] == run]
        color = colors.accent if run == results["run"].iloc[0] else colors.muted
        for place, kind in enumerate(WRONG, 1):
            figure.add_trace(_bars(rows, kind, color, colors), 1, place)
    for place, (kind, title) in enumerate(WRONG.items(), 1):
        # Room for the number beside the longest bar; a scale even where all is well.
        most = max(float(results[kind].max()), 1.0)
        figure.update_xaxes(
            range=[0, most * 1.6],
            showticklabels=False,
            showgrid=False,
            zeroline=True,
            zerolinecolor=colors.grid,
            fixedrange=True,
            side="top",
            title={"text": title, "font": {"size": 13, "color": colors.muted}},
            col=place,
        )
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True, showgrid=False)
    runs, strategies = results["run"].nunique(), results["strategy"].nunique()
    height = 140 + strategies * (STRATEGY_ROW_HEIGHT + BAR_HEIGHT * (runs - 1))
    styled(figure, colors, "What is there twice, and what is lost", height)
    # Below the title there are those of the columns.
    return figure.update_layout(margin_t=96, title_y=0.99, title_yanchor="top")


def _bars(rows: pd.DataFrame, kind: str, color: str, colors: Palette) -> go.Bar:
    numbers = [int(number) for number in rows[kind]]
    return go.Bar(
        y=rows["label"].map(lambda label: "<br>".join(wrap(label, 18))),
        x=numbers,
        orientation="h",
        marker_color=color,
        text=[f"{number:,}" for number in numbers],
        textposition="outside",
        textfont={"color": colors.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
