"""The answers `coverage`, `continuity` and `silences`; their forms are a contract (docs)."""

from collections.abc import Mapping

import pandas as pd

from dashboard.coverage.bounds import bounds, unfollowed
from dashboard.coverage.changes import Change
from dashboard.coverage.clock import clock, offsets
from dashboard.coverage.comparing import Comparison
from dashboard.coverage.continuity import (
    continuity_counts,
    continuity_rows,
    followed,
    matrix,
)
from dashboard.coverage.data import Coverage, changes, coverage, parts
from dashboard.coverage.outages import described, outages
from dashboard.coverage.plan_data import PlanStates, plan_states
from dashboard.database.contract import TABLES
from dashboard.database.reading import TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.model.periods import Grain
from dashboard.model.releases import releases_of
from dashboard.model.times import iso
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.export import records
from queries import load

# The answer's names of the columns of `with_coverage_shares`.
COVERAGE_KEYS = {
    "rows": "table_rows",
    **{
        name: name
        for name in ("exempt", "expected", "with_session", "missing", "share", "low", "high")
    },
}


def coverage_json(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    grain: Grain | None = None,
    table: str | None = None,
) -> dict[str, object]:
    """Return the session coverage, also per `grain`, and with one `table` by its parts, if given.

    Raises DatabaseProblem.
    """
    found = coverage(reader, filters, plan, releases_of(reader.where))
    rows = {str(row["table_name"]): row for row in records(found.tables)}
    clocks = clock(reader, filters)
    changed = changes(reader, filters, plan)
    return {
        "tables": {name: _table(rows.get(name)) for name in TABLES},
        "changes": [{"table": name, **_change(changed[name])} for name in rows],
        "clock_offsets": offsets(clocks),
        "clock": records(clocks),
        **({"over_time": _over_time(found, grain)} if grain else {}),
        **(_of_one_table(reader, filters, plan, found, table) if table else {}),
    }


def continuity_json(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    cell: tuple[str, str] | None = None,
    row_limit: int | None = None,
) -> dict[str, object]:
    """Return how many submissions have which session ids, and what that does to the funnel.

    With a `cell`, its submissions too: a kind and a state, keys of CONTINUITY_KINDS and
    CONTINUITY_STATES. Raises DatabaseProblem.
    """
    found = continuity_counts(reader, filters, plan)
    same, submissions = followed(found)
    cases = bounds(reader, filters, plan, unfollowed(found))
    answer: dict[str, object] = {
        **filters.as_json(),
        "submissions": submissions,
        "all_same": same,
        "states": records(matrix(found).rename_axis("kind").reset_index()),
        "bounds": cases and cases.as_json(),
    }
    if cell is None:
        return answer
    rows = continuity_rows(reader, filters, plan, *cell, row_limit=row_limit)
    return {**answer, "kind": cell[0], "state": cell[1], "rows": records(rows)}


def silences_json(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Return the state of each planned step, its silences, and the outages that last.

    Raises DatabaseProblem.
    """
    states = plan_states(reader, filters, plan)
    return {
        **filters.as_json(),
        **states.as_json(),
        "outages": _outages(reader, states, plan),
    }


def _outages(
    reader: Reader, states: PlanStates, plan: TrackingPlan
) -> list[dict[str, object]] | None:
    """Return the outages that last; None where it can't be read whether visitors go on."""
    if reader.contract.lacks(load("coverage/analyzed_leads").needs):
        return None
    return [
        {
            **vars(each),
            "steps": [*each.steps],
            "since": iso(each.since),
            "words": described(each, plan, states.filters),
        }
        for each in outages(reader, states, plan)
    ]


def _table(row: Mapping[str, object] | None) -> dict[str, object] | None:
    """Return a table's numbers; None where its session ids can't be read."""
    if row is None:
        return None
    kept = {**COVERAGE_KEYS, "guaranteed": "guaranteed", "odd_ids": "odd_ids"}
    return {name: row[column] for name, column in kept.items()}


def _change(change: Change | None) -> dict[str, object]:
    """Return a table's strongest change; without a number where no split is possible."""
    before, after = (change.before, change.after) if change else (None, None)
    return {
        "found": bool(change and change.found),
        "day": change and change.day.isoformat(),
        **_side("before", before),
        **_side("after", after),
        "chance": change and change.chance,
    }


def _over_time(found: Coverage, grain: Grain) -> list[dict[str, object]]:
    shares = found.per(grain)
    shares["begin"] = shares["begin"].dt.strftime("%Y-%m-%d").astype(TEXT)
    return _rows(shares, {"table": "table_name", "begin": "begin"})


def _of_one_table(
    reader: Reader, filters: Filters, plan: TrackingPlan, found: Coverage, table: str
) -> dict[str, object]:
    by_part = parts(reader, filters, plan)
    own = by_part[by_part["table_name"] == table]
    return {
        "releases": [_release(name, each) for name, each in found.around_releases(table)],
        "parts": _rows(own, {"property": "property", "value": "value"}),
    }


def _release(name: str, compared: Comparison) -> dict[str, object]:
    difference, low, high = compared.change or (None, None, None)
    return {
        "release": name,
        **_side("before", compared.before),
        **_side("after", compared.after),
        **{"difference": difference, "low": low, "high": high},
    }


def _side(name: str, counts: tuple[int, int] | None) -> dict[str, object]:
    """Return a side of a comparison: rows with a session id, of those expected to have one."""
    part, whole = counts or (None, None)
    return {
        f"{name}_with_session": part,
        f"{name}_expected": whole,
        f"{name}_share": part / whole if part is not None and whole else None,
    }


def _rows(shares: pd.DataFrame, first: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the rows of `with_coverage_shares` under the answer's names."""
    named = {**first, **COVERAGE_KEYS}
    return [{name: row[column] for name, column in named.items()} for row in records(shares)]
