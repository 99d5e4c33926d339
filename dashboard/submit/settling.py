"""What a lost connection or a vanished process left open is settled by reading the row back."""

from dashboard.submit.job import Job, Outcome, Record
from dashboard.submit.ledger import Ledger
from dashboard.submit.sandbox import Failure, Sandbox, Wait, Written

STORED = "The connection was lost before the answer came; the row was stored."
NOT_STORED = "The connection was lost; the row was not stored."
NOT_KNOWN = "The connection was lost; whether the row was stored can’t be told."
VANISHED = Failure(NOT_KNOWN, None, None, certain=False)


def settled(
    sandbox: Sandbox, written: Written, failure: Failure, wait: Wait
) -> tuple[Outcome, Failure]:
    """Read a row back and say what that means for the write that failed."""
    stored = sandbox.is_stored(written, wait)
    if stored is None:
        return "unknown", failure.said(NOT_KNOWN)
    return ("committed", failure.said(STORED)) if stored else ("error", failure.said(NOT_STORED))


def settle(job: Job, ledger: Ledger, sandbox: Sandbox, wait: Wait) -> None:
    """Find out what became of the writes that a vanished process left open."""
    for record in job.records:
        written = _written(job, record)
        if written and record.outcome is None:
            ledger.end_call(job.id, record.name, *settled(sandbox, written, VANISHED, wait))


def _written(job: Job, record: Record) -> Written | None:
    """Return the row that a call writes; None for one that writes none."""
    if record.table_name is None or record.row_id is None:
        return None
    session_id = job.sent_session_id if record.path == "tracking" else job.sent_older_session_id
    return Written(record.table_name, record.row_id, session_id)
