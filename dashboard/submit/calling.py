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
from dashboard.submit.job import Job, Outcome
from dashboard.submit.ledger import Ledger
from dashboard.submit.sandbox import PATIENCE, Failure, Sandbox, Wait, Written
from dashboard.submit.settling import settled
from dashboard.submit.workflow import Call

HEARTBEAT_SECONDS = 2.0
OnCall = Callable[[Call], None]


class RequestFailed(Exception):
    """A call of a path failed: HTTP 500, which nobody retries and the visitor never sees."""


def silent(_: Call) -> None:
    """Tell nobody about a call."""


@dataclass(frozen=True)
class Caller:
    """Makes the calls of a job that has been started; its clock runs from then.

    `wait` lets time pass; `on_call` is told each call that is noted and about to be made. Every
    method raises DatabaseProblem where a call can't be noted, and GivenUp. `late` is how much later
    than planned everything is due: a visitor takes further steps whenever they like.
    """

    job: Job
    ledger: Ledger
    sandbox: Sandbox
    wait: Wait
    on_call: OnCall = silent
    late: timedelta = timedelta()

    def now_due(self, name: str) -> "Caller":
        """Return a caller for whom this call is due now, and what follows it after it."""
        return replace(self, late=now() - self._due_at(self.job.plan.call(name)))

    def look(self, name: str, question: str, /, **binds: object) -> Row[Any] | None:
        """Make a look-up when it is due and return its row; raises RequestFailed."""
        call = self._begin(name)
        try:
            found = self.sandbox.look(question, **binds)
        except Failure as failure:
            self._end(call, "error", failure)
            raise RequestFailed from None
        self._end(call, "done")
        return found

    def write(self, name: str, written: Written, question: str, /, **binds: object) -> None:
        """Make a write when it is due; raises RequestFailed unless its commit was answered."""
        call = self._begin(name, written)
        try:
            self.sandbox.write(question, **binds)
        except Failure as failure:
            self._end(call, *self._outcome(written, failure))
            raise RequestFailed from None
        self._end(call, "committed")

    def work(self, call: Call, following: Call) -> None:
        """Let a call that touches no table last until the following one is due."""
        self._begin(call.name)
        self._wait_until(self._due_at(following))
        self._end(call, "done")

    def _outcome(self, written: Written, failure: Failure) -> tuple[Outcome, Failure]:
        if failure.certain:
            return "error", failure
        return settled(self.sandbox, written, failure, self.wait)

    def _begin(self, name: str, written: Written | None = None) -> Call:
        call = self.job.plan.call(name)
        due_at = self._due_at(call)
        self._wait_until(due_at)
        table, row_id = (written.table, written.row_id) if written else (None, None)
        self._note(lambda: self.ledger.start_call(self.job.id, call, due_at, table, row_id))
        self.on_call(call)
        return call

    def _end(self, call: Call, outcome: Outcome, failure: Failure | None = None) -> None:
        self._note(lambda: self.ledger.end_call(self.job.id, call.name, outcome, failure))

    def _due_at(self, call: Call) -> datetime:
        clicked_at = self.job.started_at or self.job.created_at
        return clicked_at + self.late + timedelta(seconds=call.at * self.job.pace.factor)

    def _wait_until(self, due_at: datetime) -> None:
        while (left := (due_at - now()).total_seconds()) > 0:
            self.wait(min(left, HEARTBEAT_SECONDS))
            self._note(lambda: self.ledger.touch(self.job.id))

    def _note(self, note: Callable[[], None]) -> None:
        """Write to the ledger, again where a lost connection kept it from being written."""
        for pause in PATIENCE:
            try:
                return note()
            except DatabaseProblem as problem:
                if problem.kind != "unreachable":
                    raise
                self.wait(pause)
        return note()
