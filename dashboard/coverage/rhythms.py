"""Reads each step's rhythm: its events per hour, and the events that its upstream lets expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from dashboard.coverage.silences import Amounts, EventCounts, expectation
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.model.periods import ONE_HOUR
from dashboard.model.tracking_plan import TrackingPlan

# Older rows say nothing about today's rhythm, and a wrong time in the year 1 must not cost memory.
HISTORY = timedelta(days=3 * 365)
DELAYS_FROM = timedelta(days=90)
LONGEST_DELAY = 720
# The created leads stand in for the upstream of a step without a recorded upstream.
LEADS_UPSTREAM = ""


@dataclass(frozen=True)
class Rhythm:
    """One step per hour, up to the last whole hour: its events, and the expected number of events.

    `times` has the first and last event of each hour with an event, by the hour's position.
    """

    events: EventCounts
    expected: Amounts
    times: Mapping[int, tuple[datetime, datetime]]


def last_whole_hour(clock: datetime) -> datetime:
    """Return the end of the last whole hour; the current hour may still get events."""
    return clock.replace(minute=0, second=0, microsecond=0)


def upstreams(plan: TrackingPlan, recorded: set[str]) -> dict[str, str]:
    """Return the nearest recorded step that each recorded step implies, or LEADS."""
    return {
        name: next((each for each in plan.implied(name) if each in recorded), LEADS_UPSTREAM)
        for name in plan.names
        if name in recorded
    }


def read_rhythms(reader: Reader, upstream: dict[str, str], clock: datetime) -> dict[str, Rhythm]:
    """Return the rhythm of each step up to the clock's last whole hour; raises DatabaseProblem."""
    end = last_whole_hour(clock)
    hours = reader.frame(
        "coverage/silence_hours",
        {"step": TEXT, "hour": MOMENT, "takers": COUNT, "first_at": MOMENT, "last_at": MOMENT},
        steps=[*upstream],
        since=_before(end, HISTORY),
        until=end,
    )
    delays = reader.frame(
        "coverage/silence_delays",
        {"step": TEXT, "delay_hours": COUNT, "leads": COUNT},
        steps=[*upstream],
        chained=[*upstream],
        upstreams=[*upstream.values()],
        since=_before(end, DELAYS_FROM),
        until=end,
    )
    if hours.empty:
        return {}
    begin = hours["hour"].min().to_pydatetime()
    length = (end - begin) // ONE_HOUR
    hours["place"] = (hours["hour"] - begin) // ONE_HOUR
    taken = dict(iter(hours.groupby("step")))
    return {
        name: _rhythm(taken[name], taken.get(before), delays[delays["step"] == name], length)
        for name, before in upstream.items()
        if name in taken
    }


def _rhythm(
    own: pd.DataFrame, upstream: pd.DataFrame | None, delays: pd.DataFrame, length: int
) -> Rhythm:
    before = np.zeros(length, np.int64) if upstream is None else _series(upstream, length)
    usual = np.zeros(LONGEST_DELAY + 1, np.int64)
    usual[delays["delay_hours"].to_numpy(np.int64)] = delays["leads"].to_numpy(np.int64)
    times = {
        int(place): (first.to_pydatetime(), last.to_pydatetime())
        for place, first, last in zip(own["place"], own["first_at"], own["last_at"], strict=True)
    }
    return Rhythm(_series(own, length), expectation(before, np.trim_zeros(usual, "b")), times)


def _series(rows: pd.DataFrame, length: int) -> EventCounts:
    series = np.zeros(length, np.int64)
    series[rows["place"].to_numpy(np.int64)] = rows["takers"].to_numpy(np.int64)
    return series


def _before(end: datetime, length: timedelta) -> datetime:
    return end - length if end - datetime.min > length else datetime.min
