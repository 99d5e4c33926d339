"""The planted truth of the report's rows; tests compare the pages' numbers with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.demo.rows import Rows


@dataclass(frozen=True)
class PlantedCounts:
    """The number of rows of each kind."""

    organizations: int
    owned_organizations: int
    organizations_without_lead: int
    organizations_without_website: int
    leads: int
    leads_with_session: int
    leads_without_organization: int
    converted_leads: int
    events: int
    events_with_session: int
    leads_with_events: int
    captures: int
    starts: int
    completions: int


@dataclass(frozen=True)
class Planted:
    """The report's picture in numbers and ids; lists of newest rows begin with the newest.

    Only gloop.com has more than one lead. No two organizations share a website. Every organization
    without a lead has an owner.
    """

    as_of: datetime
    tracking_began_at: datetime
    counts: PlantedCounts
    newest_organizations: tuple[UUID, ...]
    newest_events: tuple[UUID, ...]
    gloop_session_lead: UUID
    gloop_analyzed_lead: UUID
    snap_lead: UUID
    lead_captured_twice: UUID


def count_planted(rows: Rows) -> PlantedCounts:
    """Count the rows of each kind."""
    organizations, leads, events = rows.organizations, rows.leads, rows.events
    steps = Counter(event.conversion_step for event in events)
    of_leads = {lead.organization_id for lead in leads}
    return PlantedCounts(
        organizations=len(organizations),
        owned_organizations=sum(row.user_id is not None for row in organizations),
        organizations_without_lead=sum(row.id not in of_leads for row in organizations),
        organizations_without_website=sum(row.website_url is None for row in organizations),
        leads=len(leads),
        leads_with_session=sum(row.session_id is not None for row in leads),
        leads_without_organization=sum(row.organization_id is None for row in leads),
        converted_leads=sum(row.converted_at is not None for row in leads),
        events=len(events),
        events_with_session=sum(row.session_id is not None for row in events),
        leads_with_events=len({row.website_lead_id for row in events}),
        captures=steps["website_analysis"],
        starts=steps["analysis_started"],
        completions=steps["analysis_completed"],
    )
