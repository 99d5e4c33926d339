"""The claim of a status report that only reads tables, about one submission."""

from collections.abc import Sequence

from dashboard.model.formats import counted
from dashboard.submit.data import Left
from dashboard.submit.submission import SandboxSubmission


def claim(group: Sequence[SandboxSubmission], left: Left) -> str:
    """Return the report's claim in words, and its fault where data was lost.

    The report of 2026-01-26 counts the rows that are there and calls them saved. A refused write
    left no row.
    """
    lost = sum(len(submission.plan.writes) - submission.saved_writes for submission in group)
    missed = f" It can’t see the {counted(lost, 'write')} missing." if lost else ""
    if left.organizations.empty and left.leads.empty and left.events.empty:
        return (
            "nothing. No row is in a table, so no row counts as missing, and “everything is being"
            f" saved” stays as it is.{missed}"
        )
    return f"“{', '.join(_checks(left))}: everything is being saved.”{missed}"


def _checks(left: Left) -> list[str]:
    """Return the checks that the report makes, each with a tick: one row is enough for it."""
    sessions = left.organizations["session_id"].notna().sum()
    organizations = counted(len(left.organizations), "organization")
    parts = [f"✓ {organizations}, {sessions} with session id"] if len(left.organizations) else []
    parts += [f"✓ {counted(len(left.leads), 'lead')}"] if len(left.leads) else []
    steps = counted(left.events["step"].nunique(), "unique step")
    parts += [f"✓ {counted(len(left.events), 'event')}, {steps}"] if len(left.events) else []
    return parts
