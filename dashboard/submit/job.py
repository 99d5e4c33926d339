"""One visitor's submission as the ledger knows it: what was chosen, and the calls made so far."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from dashboard.submit.choices import Choices, Visitor
from dashboard.submit.workflow import Pace, Plan, plan, request_of

State = Literal["queued", "running", "done", "interrupted"]
Outcome = Literal["committed", "done", "error", "unknown"]
# The requests that every submission makes; all others are steps that the visitor took later.
OWN_REQUESTS = ("owner", "started", "analysis", "completed")


@dataclass(frozen=True)
class Record:
    """A call that was made. Without an outcome it has not ended, as far as is known.

    `table_name` and `row_id` name the row it writes, noted before it is written. `retries` is how
    often it was made again: the system as it is never does.
    """

    name: str
    path: str
    planned_at: datetime
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    sqlstate: str | None
    constraint_name: str | None
    message: str | None
    table_name: str | None
    row_id: UUID | None
    retries: int = 0


@dataclass(frozen=True)
class Job:
    """One visitor's submission, and the calls it has made so far; times are UTC without zone.

    `group_id` is the first of those that submit together: itself, where nobody else does.
    """

    id: UUID
    website_url: str
    session_id: str
    older_session_id: str
    pace: Pace
    state: State
    process: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    heartbeat_at: datetime
    group_id: UUID
    choices: Choices
    records: tuple[Record, ...] = ()
    # Steps that are about to be taken; nothing of them is noted yet.
    planned_steps: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state in ("done", "interrupted")

    @cached_property
    def plan(self) -> Plan:
        """Return the calls it was to make, those of the steps taken since among them."""
        together = self.choices.same_moment
        owned = self.choices.visitor is Visitor.OWNED and self.group_id == self.id
        return plan(self.group_id if together else self.id, together, owned, self.further_steps)

    @property
    def further_steps(self) -> tuple[str, ...]:
        """Return the steps that the visitor took after the analysis, in that order."""
        requests = dict.fromkeys(record.name.partition("/")[0] for record in self.records)
        taken = (each for each in requests if each not in OWN_REQUESTS)
        return tuple(dict.fromkeys((*taken, *self.planned_steps)))

    def took(self, step: str) -> bool:
        """Tell whether its visitor took a step, so that the tracking was called for it."""
        request = request_of(step)
        return any(record.name.partition("/")[0] == request for record in self.records)

    @property
    def sent_session_id(self) -> str | None:
        """Return the session id that the browser sends to the tracking, where it sends one."""
        return None if self.choices.visitor is Visitor.WITHOUT_SESSION else self.session_id

    @property
    def sent_older_session_id(self) -> str | None:
        """Return the session id that the analysis finds, where the browser sends one."""
        return None if self.choices.visitor is Visitor.WITHOUT_SESSION else self.older_session_id

    @property
    def outcomes(self) -> dict[str, Outcome | None]:
        """Return what became of each call that was made, by name."""
        return {record.name: record.outcome for record in self.records}

    @property
    def saved(self) -> bool:
        """Tell whether every write of both paths was committed."""
        return all(self.outcomes.get(call.name) == "committed" for call in self.plan.writes)

    @property
    def saved_writes(self) -> int:
        """Return how many of the planned writes were committed."""
        return sum(self.outcomes.get(call.name) == "committed" for call in self.plan.writes)

    def row_ids(self, table: str) -> list[str]:
        """Return the ids of the rows it wrote to a table, or may have written."""
        found = [
            str(each.row_id)
            for each in self.records
            if each.table_name == table and each.outcome != "error"
        ]
        return [*dict.fromkeys(found)]
