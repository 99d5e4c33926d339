"""What really happened in the history and what was planted in it; the rows of schema `planted`."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

Role = Literal["placeholder", "analyzed", "duplicate"]

DefectKind = Literal[
    "lost_starts",
    "lost_steps",
    "silent_days",
    "reversed_steps",
    "split_steps",
    "events_without_lead",
    "unknown_steps",
    "unanalyzed_leads",
    "duplicate_leads",
    "leads_without_events",
    "leads_without_name",
    "organizations_without_lead",
    "duplicate_organizations",
    "recreated_organizations",
    "owned_beside_anonymous",
    "overwritten_sessions",
    "second_session_ids",
    "odd_session_ids",
    "hostile_text",
]


class Submission(NamedTuple):
    """One visitor submitting one website, whatever the tables kept of it."""

    id: UUID
    submitted_at: datetime
    host: str
    session_id: str
    visitor: UUID
    lead_source: str | None
    in_crowd: bool


class SubmissionLead(NamedTuple):
    """A lead that a submission left."""

    lead_id: UUID
    submission_id: UUID
    role: Role


class TrueStep(NamedTuple):
    """A step a visitor took; without event where its recording was lost."""

    submission_id: UUID
    step: str
    happened_at: datetime
    event_id: UUID | None


class Defect(NamedTuple):
    """One thing wrong with one row, from the moment the tables show it.

    Where something is missing, the row is the one that lacks it.
    """

    kind: DefectKind
    shown_at: datetime
    submission_id: UUID | None
    table_name: str
    row_id: UUID
    detail: str | None


Truth = Submission | SubmissionLead | TrueStep | Defect
