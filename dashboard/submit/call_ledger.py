"""The ledger: what became of each call of a submission, in the app's own records."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.jobs.store import JobOver, JobStore
from dashboard.model.times import now
from dashboard.submit.sandbox import Failure
from dashboard.submit.submission import CallOutcome, CallRecord
from dashboard.submit.workflow import PlannedCall
from dashboard.writers.statements import WrittenRow
from queries import load


@dataclass(frozen=True)
class CallLedger:
    """The calls of all submissions. Every method raises DatabaseProblem."""

    store: JobStore

    def calls(self, submission: UUID) -> tuple[CallRecord, ...]:
        """Return the calls that a submission has made so far."""
        with self.store.transaction() as connection:
            found = connection.execute(load("submit/calls").bind({"job_id": submission}))
            return tuple(CallRecord(**call) for call in found.mappings())

    def start_call(
        self, submission: UUID, call: PlannedCall, planned_at: datetime, row: WrittenRow | None
    ) -> None:
        """Note a call before it is made; raises JobOver."""
        noted = load("submit/start_call").bind(
            {
                "job_id": submission,
                "name": call.name,
                "path": call.path,
                "at": now(),
                "planned_at": planned_at,
                "table_name": row and row.table,
                "row_id": row and row.row_id,
            }
        )
        with self.store.transaction() as connection:
            if connection.execute(noted).first() is None:
                raise JobOver

    def end_call(
        self, submission: UUID, name: str, outcome: CallOutcome, failure: Failure | None = None
    ) -> None:
        """Note what became of a call."""
        ended = load("submit/end_call").bind(
            {
                "job_id": submission,
                "name": name,
                "at": now(),
                "outcome": outcome,
                "message": failure and failure.message,
                "sqlstate": failure and failure.sqlstate,
                "constraint_name": failure and failure.constraint,
            }
        )
        with self.store.transaction() as connection:
            connection.execute(ended)
