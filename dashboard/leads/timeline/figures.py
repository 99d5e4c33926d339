"""The figure of a timeline: frame in, Plotly figure out."""

from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from dashboard.leads.timeline.data import Timeline
from dashboard.model.times import wall_clock
from dashboard.ui.theme import Palette, styled


def time_line(timeline: Timeline, zone: ZoneInfo, colors: Palette) -> go.Figure:
    """Draw organization, leads and events over time, each in the color of its session id.

    A mark without a session id is hollow; a mark of another submission is paler.
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
    """Return the zone, or UTC if its clocks change in between, as time would then run backward."""
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
