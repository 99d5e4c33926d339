"""Compares the clock of the rows with that of the session ids: the offset, and the real lag.

A session id holds the UTC time at which it was made. Its first row is written seconds or a few
minutes later. If the rows' clock is in another zone, the difference also has a multiple of 15
minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import pandas as pd

from dashboard.database.contract import TABLES
from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.ui.export import records

QUARTER = 15
# An offset needs two rows with it, because a single row may have any lag. A change of offset costs
# as much as 1.5 unexplained rows, so that a few overwritten ids do not look like a period.
LEAST, SWITCH = 2, 1.5
CANDIDATES = 5
CLOCK_HOUR_DTYPES = {
    "table_name": TEXT,
    "hour": COUNT,
    "quarters": COUNT,
    "sessions": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
}
# No write path overwrites a lead's session id, so leads come before organizations.
TRUSTED = ("website_leads", "organizations")
LAG = {"sessions": COUNT, "at_once": COUNT, "later": COUNT, "younger": COUNT, "median_lag": SHARE}


@dataclass(frozen=True)
class OffsetStretch:
    """A stretch of one offset (`minutes`); its first and last row are in UTC as stored."""

    table: str
    first_at: datetime
    last_at: datetime
    minutes: int | None


def clock(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return one row per (`table`, stretch of one offset), in order; raises DatabaseProblem.

    `from` and `to` are the times of its first and last row. `minutes` is the offset: the rows'
    clock ahead of UTC, or null where no multiple of 15 explains more than half of the rows.
    `sessions` counts the first rows of session ids that follow the pattern. With the offset taken
    off, such a row is `at_once` (within 5 minutes of its id) or `later`. It is `younger` where it
    is older than its id, which was overwritten then. `median_lag` (s) leaves the younger ones out.
    """
    by_table = _stretches_by_table(reader, filters)
    found = [each for table in TABLES for each in by_table[table]]
    lags = reader.frame(
        "coverage/clock_lags",
        LAG,
        tables=[each.table for each in found],
        starts=[each.first_at for each in found],
        ends=[each.last_at for each in found],
        offsets=[each.minutes or 0 for each in found],
        **filters.binds,
    )
    return _frame(found).join(lags)


def clock_binds(reader: Reader, filters: Filters) -> dict[str, object]:
    """Return the offset of the rows' clock over time: binds `clock_starts` and `clock_minutes`.

    From each start (as stored) on, the clock is so many minutes ahead of UTC. Rows before the first
    start have the first offset. All rows up to `as_of` count, whatever the period. Raises
    DatabaseProblem.
    """
    by_table = _stretches_by_table(reader, Filters(as_of=filters.as_of))
    told = (by_table[table] for table in TRUSTED)
    found = next((each for each in told if any(s.minutes for s in each)), [])
    middles = [one.last_at + (two.first_at - one.last_at) / 2 for one, two in pairwise(found)]
    return {
        "clock_starts": [each.first_at for each in found[:1]] + middles,
        "clock_minutes": [each.minutes or 0 for each in found],
    }


def offsets(clocks: pd.DataFrame) -> list[dict[str, object]]:
    """Return the recognized offsets in the form of the command line's JSON."""
    return records(clocks.dropna(subset="minutes")[["table", "from", "to", "minutes"]])


def _stretches_by_table(reader: Reader, filters: Filters) -> dict[str, list[OffsetStretch]]:
    hours = reader.frame("coverage/clock_hours", CLOCK_HOUR_DTYPES, **filters.binds)
    return {table: stretches(hours[hours["table_name"] == table]) for table in TABLES}


def stretches(hours: pd.DataFrame) -> list[OffsetStretch]:
    """Divide one table's hours into stretches of one offset, with the fewest unexplained rows.

    `hours` has the columns of CLOCK_HOUR_DTYPES, in order of time.
    """
    cells = [*_hours(hours)]
    known = hours.groupby("quarters")["sessions"].sum().nlargest(CANDIDATES)
    path = _cheapest([explained for explained, _ in cells], [int(each) for each in known.index])
    pairs = zip(path, cells, strict=True)
    return [
        _stretch(quarters, [cell for _, (_, rows) in run for cell in rows])
        for quarters, run in groupby(pairs, key=lambda pair: pair[0])
    ]


def _hours(hours: pd.DataFrame) -> Iterator[tuple[dict[int | None, int], list[dict[Any, Any]]]]:
    """Yield each hour's sessions by offset, and its rows."""
    rows = hours.to_dict("records")
    for _, of_hour in groupby(rows, key=lambda row: row["hour"]):
        cells = [*of_hour]
        yield (
            {
                None if pd.isna(cell["quarters"]) else int(cell["quarters"]): cell["sessions"]
                for cell in cells
            },
            cells,
        )


def _cheapest(hours: list[dict[int | None, int]], candidates: list[int]) -> list[int | None]:
    """Choose one offset per hour, with the fewest unexplained rows and changes (Viterbi)."""
    if not candidates:
        return [None] * len(hours)
    costs = dict.fromkeys(candidates, 0.0)
    came_from: list[dict[int, int]] = []
    for explained in hours:
        cheapest = min(candidates, key=costs.__getitem__)
        previous = {
            each: each if costs[each] <= costs[cheapest] + SWITCH else cheapest
            for each in candidates
        }
        total = sum(explained.values())
        costs = {
            each: min(costs[each], costs[cheapest] + SWITCH) + total - explained.get(each, 0)
            for each in candidates
        }
        came_from.append(previous)
    path = [min(candidates, key=costs.__getitem__)]
    for previous in came_from[:0:-1]:
        path.append(previous[path[-1]])
    return [*reversed(path)]


def _stretch(quarters: int | None, cells: list[dict[Any, Any]]) -> OffsetStretch:
    total = sum(cell["sessions"] for cell in cells)
    explained = sum(cell["sessions"] for cell in cells if cell["quarters"] == quarters)
    recognized = quarters is not None and explained >= LEAST and 2 * explained > total
    return OffsetStretch(
        cells[0]["table_name"],
        min(cell["first_at"] for cell in cells).to_pydatetime(),
        max(cell["last_at"] for cell in cells).to_pydatetime(),
        QUARTER * quarters if recognized and quarters is not None else None,
    )


def _frame(found: list[OffsetStretch]) -> pd.DataFrame:
    rows = [(each.table, each.first_at, each.last_at, each.minutes) for each in found]
    return pd.DataFrame(rows, columns=["table", "from", "to", "minutes"]).astype(
        {"table": TEXT, "from": MOMENT, "to": MOMENT, "minutes": COUNT}
    )
