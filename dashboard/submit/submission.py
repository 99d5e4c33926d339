"""One visitor's submission as the ledger knows it: its options, and the calls made so far."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from dashboard.jobs.record import UNFINISHED, JobRecord, JobState, UnreadableJob
from dashboard.submit.choices import Choices, VisitorKind, choices_of
from dashboard.submit.workflow import Pace, PlannedCall, SubmissionPlan, submission_plan
from dashboard.writers.paths import SubmittingVisit
from dashboard.writers.requests import request_of

CallOutcome = Literal["committed", "done", "error", "unknown"]
# The requests that every submission makes; all others are steps that the visitor took later.
OWN_REQUESTS = ("owner", "started", "analysis", "completed")


@dataclass(frozen=True)
class CallRecord:
    """A call that was made. Without an outcome it has not ended, as far as is known.

    `table_name` and `row_id` name the row it writes, noted before it is written. `retries` is how
    often it was made again: the system as it is never does.
    """

    name: str
    path: str
    planned_at: datetime
    started_at: datetime
    ended_at: datetime | None
    outcome: CallOutcome | None
    sqlstate: str | None
    constraint_name: str | None
    message: str | None
    table_name: str | None
    row_id: UUID | None
    retries: int = 0


@dataclass(frozen=True)
class SandboxSubmission:
    """One visitor's submission, and the calls it has made so far; times are UTC without zone.

    `group_id` is the first of those that submit together: itself, where nobody else does.
    """

    id: UUID
    website_url: str
    session_id: str
    older_session_id: str
    pace: Pace
    state: JobState
    created_at: datetime
    started_at: datetime | None
    group_id: UUID
    choices: Choices
    calls: tuple[CallRecord, ...] = ()
    # Steps that are about to be taken; nothing of them is noted yet.
    planned_steps: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state not in UNFINISHED

    @property
    def was_interrupted(self) -> bool:
        """Tell whether it ended before all its calls were made."""
        return self.is_finished and self.state != "done"

    @cached_property
    def plan(self) -> SubmissionPlan:
        """Return the calls it was to make, those of the steps taken since among them."""
        same_moment = self.choices.same_moment
        owned = self.choices.visitor is VisitorKind.OWNED and self.group_id == self.id
        seed = self.group_id if same_moment else self.id
        return submission_plan(seed, same_moment, owned, self.further_steps)

    @property
    def further_steps(self) -> tuple[str, ...]:
        """Return the steps that the visitor took after the analysis, in that order."""
        requests = dict.fromkeys(call.name.partition("/")[0] for call in self.calls)
        taken = (each for each in requests if each not in OWN_REQUESTS)
        return tuple(dict.fromkeys((*taken, *self.planned_steps)))

    def took(self, step: str) -> bool:
        """Tell whether its visitor took a step, so that the tracking was called for it."""
        request = request_of(step)
        return any(call.name.partition("/")[0] == request for call in self.calls)

    @property
    def visit(self) -> SubmittingVisit:
        """Return the visit as the write paths know it."""
        sends_session = self.choices.visitor is not VisitorKind.WITHOUT_SESSION
        return SubmittingVisit(
            session_id=self.session_id if sends_session else None,
            analysis_session_id=self.older_session_id if sends_session else None,
            sent_ip=self.choices.sent_ip,
            fixes=self.choices.release.fixes,
            writers=self.choices.release.writers,
        )

    @property
    def outcomes(self) -> dict[str, CallOutcome | None]:
        """Return what became of each call that was made, by name."""
        return {call.name: call.outcome for call in self.calls}

    @property
    def dropped(self) -> tuple[PlannedCall, ...]:
        """Return the writes whose call was answered, without an error, and wrote nothing."""
        return tuple(
            call
            for call in self.plan.calls
            if call.kind == "write" and self.outcomes.get(call.name) == "done"
        )

    @property
    def saved(self) -> bool:
        """Tell whether every write of both paths was committed."""
        return self.saved_writes == len(self.plan.writes)

    @property
    def saved_writes(self) -> int:
        """Return how many of the planned writes were committed."""
        return sum(self.outcomes.get(call.name) == "committed" for call in self.plan.writes)

    def row_ids(self, table: str) -> list[str]:
        """Return the ids of the rows it wrote to a table, or may have written."""
        found = [
            str(each.row_id)
            for each in self.calls
            if each.table_name == table and each.outcome != "error"
        ]
        return [*dict.fromkeys(found)]


def submission_of(job: JobRecord, calls: tuple[CallRecord, ...]) -> SandboxSubmission:
    """Return the submission that a job is; raises UnreadableJob."""
    try:
        return SandboxSubmission(
            job.id,
            job.payload["website_url"],
            job.payload["session_id"],
            job.payload["older_session_id"],
            Pace(job.payload["pace"]),
            job.state,
            job.created_at,
            job.started_at,
            job.group_id,
            choices_of(job.payload),
            calls,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableJob(job.id) from error
