"""Rows per table, events per step and the newest rows of a period."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard.database.contract import TABLES, Contract
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.funnel.recording import events_per_step
from dashboard.model.filters import Filters
from dashboard.model.times import iso
from dashboard.ui.export import records

NO_STEP_NAME = "(none)"


@dataclass(frozen=True)
class EventTotals:
    """Tracking events, the distinct leads they belong to, and the distinct step names."""

    events: int
    unique_leads: int
    unique_steps: int


def event_totals(reader: Reader, filters: Filters) -> EventTotals:
    """Count the period's events."""
    row = reader.one("status/totals", **filters.binds)
    return EventTotals(row.events, row.unique_leads, row.unique_steps)


def rows_per_table(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return one row per table: `table_name`, `table_rows` in the period, `newest_at` (UTC)."""
    frame = reader.frame(
        "status/tables",
        {"table_name": TEXT, "table_rows": COUNT, "newest_at": MOMENT},
        **filters.binds,
    )
    return frame.set_index("table_name").loc[[*TABLES]].reset_index()


def recent_organizations(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return the five newest organizations: `name`, `session_id`, `website_url`, `created_at`."""
    dtypes = {"name": TEXT, "session_id": TEXT, "website_url": TEXT, "created_at": MOMENT}
    return reader.frame("status/recent_organizations", dtypes, **filters.binds)


def recent_events(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return the five newest events: `step`, `at`, `session_id`, and their lead's `website_url`."""
    dtypes = {"step": TEXT, "at": MOMENT, "session_id": TEXT, "website_url": TEXT}
    return reader.frame("status/recent_events", dtypes, **filters.binds)


def reported_contract(reader: Reader, filters: Filters) -> Contract:
    """Return the schema contract of the source."""
    return reader.contract


def status_json(reader: Reader, filters: Filters) -> dict[str, object]:
    """Return the `status` answer of the command line; its form is a contract (docs).

    A part that needs a missing column is null; a missing table raises DatabaseProblem.
    """
    reader.require_columns(*TABLES)
    return {
        "as_of": iso(filters.as_of),
        "source": reader.where,
        "totals": _told(reader, lambda: vars(event_totals(reader, filters))),
        "rows": _told(reader, lambda: _rows_json(reader, filters)),
        "steps": _told(reader, lambda: _steps_json(reader, filters)),
        "recent_organizations": _told(
            reader, lambda: records(recent_organizations(reader, filters))
        ),
        "recent_events": _told(reader, lambda: records(recent_events(reader, filters))),
        "contract": _contract_json(reader.contract),
    }


def _told(reader: Reader, ask: Callable[[], object]) -> object:
    """Return an answer, or None where a column that it needs can't be read."""
    try:
        with reader.attempt():
            return ask()
    except DatabaseProblem as problem:
        if problem.kind != "schema_drift":
            raise
        return None


def _rows_json(reader: Reader, filters: Filters) -> dict[str, int]:
    rows = rows_per_table(reader, filters)
    return dict(zip(rows["table_name"], rows["table_rows"].tolist(), strict=True))


def _steps_json(reader: Reader, filters: Filters) -> dict[str, int]:
    steps = events_per_step(reader, filters)
    return dict(zip(steps["name"].fillna(NO_STEP_NAME), steps["events"].tolist(), strict=True))


def _contract_json(contract: Contract) -> dict[str, object]:
    return {
        "owner_columns": [*contract.owner_columns],
        "constraint": contract.constraint,
        "validated": contract.validated,
        "missing": [*contract.every_missing],
        "unsupported": [*contract.unsupported.values()],
    }
