"""The figure of the cohorts: frame in, Plotly figure out."""

from datetime import timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.funnel.cohorts.data import PARTLY
from dashboard.model.formats import count, percent
from dashboard.model.windows import length_words
from dashboard.ui.theme import Palette, styled

# More rows than these are too many to take in.
MOST_COHORTS = 31
ESTIMATED_MARK = "~"


def drawn_cohorts(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the newest cohorts, the oldest first."""
    dated = cohorts.dropna(subset="period").sort_values(["period", "within_s"])
    newest = dated["period"].drop_duplicates().tail(MOST_COHORTS)
    return dated[dated["period"].isin(newest)]


def cohort_chart(cohorts: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw one row per cohort and one column per age, with the share that converted in each cell.

    A cell is blank where too few units are observed for the age, or the cohort is not tracked.
    """
    rows = drawn_cohorts(cohorts).to_dict("records")
    told = [row for row in rows if pd.notna(row["rate"])]
    most = max([row["rate"] for row in told], default=0.0) or 1.0
    names, ages = ([*dict.fromkeys(map(name, rows))] for name in (_cohort, _age))
    figure = go.Figure([_cells(told, names, ages, most, colors), _values(told, most, colors)])
    figure.update_xaxes(
        side="top",
        type="category",
        categoryarray=ages,
        range=[-0.5, len(ages) - 0.5],
        fixedrange=True,
        showgrid=False,
        title=None,
    )
    figure.update_yaxes(
        type="category",
        categoryarray=names,
        range=[len(names) - 0.5, -0.5],
        tickvals=names,
        automargin=True,
        fixedrange=True,
        showgrid=False,
        title=None,
    )
    height = 96 + 27 * len(names)
    return styled(figure, colors, "Converted within each age, in %", height).update_layout(
        margin_t=72
    )


def _cells(
    told: list[dict[Any, Any]], names: Any, ages: Any, most: float, colors: Palette
) -> go.Heatmap:
    """Color the cells; the text above them has their values."""
    levels: dict[Any, Any] = {(_cohort(row), _age(row)): row["rate"] / most for row in told}
    hovers = {(_cohort(row), _age(row)): _hover(row) for row in told}
    shown: Any = [[levels.get((name, age)) for age in ages] for name in names]
    texts: Any = [[hovers.get((name, age), "") for age in ages] for name in names]
    return go.Heatmap(
        x=ages,
        y=names,
        z=shown,
        text=texts,
        hoverinfo="text",
        hoverongaps=False,
        zmin=0,
        zmax=1,
        colorscale=[(level, colors.heat(level)[0]) for level in (0.0, 1.0)],
        showscale=False,
        xgap=2,
        ygap=2,
    )


def _values(told: list[dict[Any, Any]], most: float, colors: Palette) -> go.Scatter:
    ages, cohorts = ([name(row) for row in told] for name in (_age, _cohort))
    rows: Any = cohorts
    return go.Scatter(
        x=ages,
        y=rows,
        mode="text",
        text=[cell_words(row["rate"], is_estimated=row["state"] == PARTLY) for row in told],
        textfont={"color": [colors.heat(row["rate"] / most)[1] for row in told], "size": 12},
        hoverinfo="skip",
    )


def cell_words(rate: float, *, is_estimated: bool) -> str:
    """Write a share in a narrow cell, in percent; rounding never makes it 0 or 100."""
    if 0 < rate < 0.001:
        words = "<0.1"
    elif 0.999 < rate < 1:
        words = ">99.9"
    else:
        words = f"{rate * 100:.{0 if rate in (0, 1) else 1}f}"
    return f"{ESTIMATED_MARK if is_estimated else ''}{words}"


def _cohort(row: dict[Any, Any]) -> str:
    return f"{row['period']:%Y-%m-%d} · {count(row['entered'])}"


def _age(row: dict[Any, Any]) -> str:
    return length_words(timedelta(seconds=row["within_s"]))


def _hover(row: dict[Any, Any]) -> str:
    observed = f"{count(row['observed'])} of {count(row['entered'])} observed"
    interval = f"95 %: {percent(row['low'])} to {percent(row['high'])}"
    return (
        f"{_cohort(row)}<br>{percent(row['rate'])} within {_age(row)}<br>{observed}<br>{interval}"
    )
