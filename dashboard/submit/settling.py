"""Settling a call whose connection or process went away: its row is read back."""

from dashboard.submit.call_ledger import CallLedger
from dashboard.submit.sandbox import Failure, Sandbox, Wait
from dashboard.submit.submission import CallOutcome, CallRecord, SandboxSubmission
from dashboard.writers.statements import WrittenRow

STORED = "The connection was lost before the answer came; the row was stored."
NOT_STORED = "The connection was lost; the row was not stored."
NOT_KNOWN = "The connection was lost; nobody knows whether the row was stored."
VANISHED = Failure(NOT_KNOWN, None, None, certain=False)


def settled(
    sandbox: Sandbox, row: WrittenRow, failure: Failure, wait: Wait
) -> tuple[CallOutcome, Failure]:
    """Read a row back and say what that means for the write that failed."""
    stored = sandbox.is_stored(row, wait)
    if stored is None:
        return "unknown", failure.said(NOT_KNOWN)
    return ("committed", failure.said(STORED)) if stored else ("error", failure.said(NOT_STORED))


def settle_calls(
    submission: SandboxSubmission, ledger: CallLedger, sandbox: Sandbox, wait: Wait
) -> None:
    """Find out what became of the writes that an interruption left open."""
    for call in submission.calls:
        row = _written_row(submission, call)
        if row and call.outcome is None:
            ledger.end_call(submission.id, call.name, *settled(sandbox, row, VANISHED, wait))


def _written_row(submission: SandboxSubmission, call: CallRecord) -> WrittenRow | None:
    """Return the row that a call writes; None for one that writes none."""
    if call.table_name is None or call.row_id is None:
        return None
    visit = submission.visit
    session_id = visit.session_id if call.path == "tracking" else visit.updated_session_id
    return WrittenRow(call.table_name, call.row_id, session_id)
