"""The figure of the Leads page: frame in, Plotly figure out."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.model.periods import DAY_MILLISECONDS, PERIOD_UNITS, Grain, grain_end
from dashboard.ui.partial import hatched, hover_words
from dashboard.ui.theme import Palette, styled

# The number of labels that fit a narrow screen.
MOST_TICKS = 7
TICK_FORMATS: dict[Grain, str] = {"day": "%b %-d\n%Y", "week": "%b %-d\n%Y", "month": "%b\n%Y"}
HOVER_FORMATS: dict[Grain, str] = {
    "day": "%{x|%a %Y-%m-%d}",
    "week": "week from %{x|%Y-%m-%d}",
    "month": "%{x|%B %Y}",
}
# Plotly counts months by name, because months differ in length.
TICK_STEPS: dict[Grain, int] = {"day": DAY_MILLISECONDS, "week": 7 * DAY_MILLISECONDS}


def leads_per_period(bars: pd.DataFrame, grain: Grain, colors: Palette) -> go.Figure:
    """Draw one bar per `period` (its first day); a click on a bar chooses its days.

    A bar that counts only a part of its period is hatched.
    """
    figure = go.Figure(
        go.Bar(
            x=bars["period"],
            y=bars["leads"].to_numpy(dtype=float),
            marker={"color": colors.accent, **hatched(bars["is_partial"])},
            # By default, Plotly draws a single bar one millisecond wide.
            width=[0.85 * DAY_MILLISECONDS * each for each in _days(bars["period"], grain)],
            customdata=hover_words(grain, bars["is_partial"]),
            hovertemplate=f"{HOVER_FORMATS[grain]}: %{{y:,}} leads%{{customdata}}<extra></extra>",
            # Bars that are not selected must stay readable.
            unselected={"marker": {"opacity": 0.55}},
        )
    )
    figure.update_xaxes(
        title=None,
        type="date",
        fixedrange=True,
        showgrid=False,
        tickformat=TICK_FORMATS[grain],
        tick0=bars["period"].min(),
        dtick=_tick_step(bars["period"], grain),
    )
    figure.update_yaxes(
        title="Leads",
        gridcolor=colors.grid,
        fixedrange=True,
        rangemode="tozero",
        tickformat=",d",
        dtick=1 if bars.empty or bars["leads"].max() < 5 else None,
        nticks=5,
    )
    return styled(figure, colors, f"Leads per {grain}", 230).update_layout(bargap=0.15)


def _days(periods: "pd.Series[pd.Timestamp]", grain: Grain) -> list[int]:
    """Return the number of days of each bar."""
    begins = [each.date() for each in periods]
    return [(grain_end(begin, grain) - begin).days + 1 for begin in begins]


def _tick_step(periods: "pd.Series[pd.Timestamp]", grain: Grain) -> int | str:
    """Return the distance between labels in whole periods, so that each is below a bar."""
    span = periods.agg(["min", "max"]).dropna().dt.to_period(PERIOD_UNITS[grain])
    count = 1 if span.empty else (span.iloc[-1] - span.iloc[0]).n + 1
    each = -(-count // MOST_TICKS)
    return f"M{each}" if grain == "month" else each * TICK_STEPS[grain]
