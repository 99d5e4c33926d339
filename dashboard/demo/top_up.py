"""Continues the history of a filled demo up to the present."""

from datetime import datetime

from psycopg.rows import scalar_row

from dashboard.demo.fill import Connection, copy, copy_rows, execute, execute_with
from dashboard.demo.history import REACH, History, history
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.rows import DemoLead, Organization
from queries import load


def top_up(connection: Connection, until: datetime) -> int:
    """Add the missing history before this moment (UTC without zone); returns the rows added.

    Many calls write the same rows as one call up to the last moment. Each call is one transaction.
    """
    with connection.transaction():
        execute(connection, "demo/lock_top_up")
        execute(connection, "demo/planted_tables")
        since = _filled_until(connection)
        if until <= since:
            return 0
        first = max(HISTORY_START, since - REACH).date()
        added = history(first, until.date(), until, since)
        append(connection, added)
        execute_with(connection, "demo/mark_filled", [{"until": until}])
    return len(added.organizations) + len(added.leads) + len(added.events)


def append(connection: Connection, added: History) -> None:
    """Write a history's new rows, its changes to older rows, and its planted truth."""
    copy_rows(connection, added)
    execute_with(connection, "demo/update_organization", map(_values, added.changed_organizations))
    execute_with(connection, "demo/update_lead", map(_values, added.changed_leads))
    copy(connection, "demo/copy_planted_submissions", added.submissions)
    copy(connection, "demo/copy_planted_leads", added.submission_leads)
    copy(connection, "demo/copy_planted_steps", added.steps)
    copy(connection, "demo/copy_planted_defects", added.defects)
    execute(connection, "demo/analyze_tables")


def _filled_until(connection: Connection) -> datetime:
    sql = load("demo/filled_until").sql.encode()
    until: datetime | None = connection.cursor(row_factory=scalar_row).execute(sql).fetchone()
    return until or HISTORY_START


def _values(row: Organization | DemoLead) -> dict[str, object]:
    return row._asdict()
