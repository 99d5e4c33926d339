"""Figures of the Leads page: frame in, Plotly figure out."""

from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from dashboard.leads.data import Timeline
from dashboard.model.periods import DAY_MILLISECONDS
from dashboard.model.times import wall_clock
from dashboard.ui.theme import Palette, styled


def leads_per_day(days: pd.DataFrame, colors: Palette) -> go.Figure:
    """Draw one bar per local day; a click on one chooses days."""
    dated = days.dropna(subset=["day"])
    figure = go.Figure(
        go.Bar(
            x=dated["day"],
            y=dated["leads"].to_numpy(dtype=float),
            marker_color=colors.accent,
            # Of a single bar Plotly would make a millisecond's width.
            width=0.85 * DAY_MILLISECONDS,
            hovertemplate="%{x|%a %Y-%m-%d}: %{y:,} leads<extra></extra>",
            # What is not selected must stay readable.
            unselected={"marker": {"opacity": 0.55}},
        )
    )
    few = dated["leads"].max() < 5 if len(dated) else True
    figure.update_xaxes(
        title=None,
        type="date",
        fixedrange=True,
        showgrid=False,
        tickformat="%b %-d\n%Y",
        dtick=DAY_MILLISECONDS if len(dated) < 10 else None,
    )
    figure.update_yaxes(
        title="Leads",
        gridcolor=colors.grid,
        fixedrange=True,
        rangemode="tozero",
        tickformat=",d",
        dtick=1 if few else None,
        nticks=5,
    )
    return styled(figure, colors, "Leads per day", 230).update_layout(bargap=0.15)


def time_line(timeline: Timeline, zone: ZoneInfo, colors: Palette) -> go.Figure:
    """Draw organization, leads and events over time, each in the color of its session id.

    A mark without a session id is hollow; what is of another submission is paler.
    """
    marks = trace_marks(timeline)
    zone = _one_clock(marks["at"], zone)
    marks["at"] = wall_clock(marks["at"], zone)
    session_colors = colors.of_names(marks["session_id"])
    figure = go.Figure()
    for mark in marks.to_dict("records"):
        figure.add_trace(_mark(mark, session_colors, colors))
    lanes = list(dict.fromkeys(marks["lane"]))
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=lanes[::-1],
        automargin=True,
        gridcolor=colors.grid,
        fixedrange=True,
        title=None,
    )
    figure.update_xaxes(title=f"Time ({zone.key})", fixedrange=True, gridcolor=colors.grid)
    return styled(figure, colors, "What was written when", 120 + 34 * len(lanes))


def _one_clock(times: "pd.Series[Any]", zone: ZoneInfo) -> ZoneInfo:
    """Return the zone, or UTC where its clocks change in between: time would run backwards."""
    offsets = wall_clock(times, zone) - times
    return zone if offsets.nunique() <= 1 else ZoneInfo("UTC")


def _mark(mark: dict[Any, Any], session_colors: dict[str, str], colors: Palette) -> go.Scatter:
    color = session_colors.get(mark["session_id"], colors.muted)
    return go.Scatter(
        x=[mark["at"]],
        y=[mark["lane"]],
        mode="markers",
        text=[escape(str(mark["label"]))],
        opacity=1 if mark["own"] else 0.35,
        marker={
            "size": 15,
            "color": color,
            "line": {"color": color, "width": 2.5},
            "symbol": "circle" if mark["session_id"] in session_colors else "circle-open",
        },
        hovertemplate="%{text}<br>%{x|%Y-%m-%d %H:%M:%S}<extra></extra>",
    )


def trace_marks(timeline: Timeline) -> pd.DataFrame:
    """Return a row per mark of the time line: `lane`, `at`, `label`, `session_id`, `own`."""
    own = timeline.submission
    organizations = timeline.organizations.assign(
        lane="Organization",
        at=timeline.organizations["created_at"],
        label=timeline.organizations["name"],
        own=timeline.organizations.index.isin(own.organizations.index),
    )
    leads = timeline.leads.assign(
        lane="Leads",
        at=timeline.leads["created_at"],
        label=timeline.leads["business_name"],
        own=timeline.leads.index.isin(own.leads.index),
    )
    events = timeline.events.assign(
        lane=timeline.events["step"].map(lambda name: escape(str(name))[:40]),
        label=timeline.events["step"],
        own=timeline.events.index.isin(own.events.index),
    )
    columns = ["lane", "at", "label", "session_id", "own"]
    marks = pd.concat([each[columns] for each in (organizations, leads, events)])
    return marks.dropna(subset=["at"]).reset_index(drop=True)
