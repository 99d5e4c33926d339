"""The planted truth: what really happened in the history; the rows of schema `planted`."""

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
    """One visitor's submission of one website, whatever rows the tables have."""

    id: UUID
    submitted_at: datetime
    host: str
    session_id: str
    visitor: UUID
    lead_source: str | None
    in_crowd: bool


class SubmissionLead(NamedTuple):
    """A lead of a submission."""

    lead_id: UUID
    submission_id: UUID
    role: Role


class TrueStep(NamedTuple):
    """A step that a visitor took; it has no event where the event was lost."""

    submission_id: UUID
    step: str
    happened_at: datetime
    event_id: UUID | None


class Defect(NamedTuple):
    """One defect of one row, from the moment the tables show it.

    Where a row is missing, the defect belongs to the row that lacks it.
    """

    kind: DefectKind
    shown_at: datetime
    submission_id: UUID | None
    table_name: str
    row_id: UUID
    detail: str | None


Truth = Submission | SubmissionLead | TrueStep | Defect
