"""Making the calls of one submission: each when it is due, and each in the ledger.

A call is noted before it is made and after it has ended, so that whoever comes later can tell what
was stored, even if this process is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from dashboard.database.errors import DatabaseProblem
from dashboard.model.times import now
from dashboard.submit.call_ledger import CallLedger
from dashboard.submit.meeting import Meeting
from dashboard.submit.sandbox import READ_BACK_PAUSES, Failure, Sandbox, Wait
from dashboard.submit.settling import settled
from dashboard.submit.submission import CallOutcome, SandboxSubmission
from dashboard.submit.workflow import PlannedCall
from dashboard.writers.statements import WrittenRow

HEARTBEAT_SECONDS = 2.0
# The look-ups after which all who submit at the same moment meet.
MEETING_CALLS = ("started/find", "analysis/find")
OnCall = Callable[[PlannedCall], None]


class RequestFailed(Exception):
    """A call of a path failed: HTTP 500, which nobody retries and the visitor never sees."""


def tell_no_call(_: PlannedCall) -> None:
    """Tell nobody about a call."""


@dataclass(frozen=True)
class Caller:
    """Makes the calls of a submission that has been started; its clock runs from then.

    The write paths make their statements through it. `wait` lets time pass; `on_call` is told each
    call that is noted and about to be made. Every method raises DatabaseProblem where a call can't
    be noted, and what ends the job. `late` is how much later than planned everything is due: a
    visitor takes further steps whenever they like.
    """

    submission: SandboxSubmission
    ledger: CallLedger
    sandbox: Sandbox
    wait: Wait
    on_call: OnCall = tell_no_call
    meeting: Meeting | None = None
    late: timedelta = timedelta()

    def now_due(self, name: str) -> "Caller":
        """Return a caller for whom this call is due now, and what follows it after it."""
        return replace(self, late=now() - self._due_at(self.submission.plan.call(name)))

    def look(self, call: str, question: str, /, **binds: object) -> Row[Any] | None:
        """Make a look-up when it is due and return its row; raises RequestFailed."""
        self._begin(call)
        try:
            found = self.sandbox.look(question, **binds)
        except Failure as failure:
            self._end(call, "error", failure)
            raise RequestFailed from None
        self._end(call, "done")
        if self.meeting and call in MEETING_CALLS:
            self.meeting.meet()
        return found

    def write(self, call: str, row: WrittenRow, question: str, /, **binds: object) -> None:
        """Make a write when it is due; raises RequestFailed unless its commit was answered."""
        self._begin(call, row)
        try:
            self.sandbox.write(question, **binds)
        except Failure as failure:
            self._end(call, *self._outcome(row, failure))
            raise RequestFailed from None
        self._end(call, "committed")

    def drop(self, call: str) -> None:
        """Answer a write when it is due, and make none."""
        self._begin(call)
        self._end(call, "done")

    def work(self, call: PlannedCall, following: PlannedCall) -> None:
        """Let a call that touches no table last until the following one is due."""
        self._begin(call.name)
        self._wait_until(self._due_at(following))
        self._end(call.name, "done")

    def _outcome(self, row: WrittenRow, failure: Failure) -> tuple[CallOutcome, Failure]:
        if failure.certain:
            return "error", failure
        return settled(self.sandbox, row, failure, self.wait)

    def _begin(self, name: str, row: WrittenRow | None = None) -> None:
        call = self.submission.plan.call(name)
        due_at = self._due_at(call)
        self._wait_until(due_at)
        self._note(lambda: self.ledger.start_call(self.submission.id, call, due_at, row))
        self.on_call(call)

    def _end(self, name: str, outcome: CallOutcome, failure: Failure | None = None) -> None:
        self._note(lambda: self.ledger.end_call(self.submission.id, name, outcome, failure))

    def _due_at(self, call: PlannedCall) -> datetime:
        clicked_at = self.submission.started_at or self.submission.created_at
        return clicked_at + self.late + timedelta(seconds=call.at * self.submission.pace.factor)

    def _wait_until(self, due_at: datetime) -> None:
        while (left := (due_at - now()).total_seconds()) > 0:
            self.wait(min(left, HEARTBEAT_SECONDS))
            self._note(lambda: self.ledger.store.beat(self.submission.id))

    def _note(self, note: Callable[[], None]) -> None:
        """Write to the ledger, again where a lost connection kept it from being written."""
        for pause in READ_BACK_PAUSES:
            try:
                return note()
            except DatabaseProblem as problem:
                if problem.kind != "unreachable":
                    raise
                self.wait(pause)
        return note()
