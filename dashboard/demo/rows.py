"""The demo's rows, one type per table; fields are in the column order of its copy_*.sql file."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class Organization(NamedTuple):
    """A row of organizations."""

    id: UUID
    name: str
    slug: str
    user_id: UUID | None
    session_id: str | None
    website_url: str | None
    created_at: datetime
    updated_at: datetime


class DemoLead(NamedTuple):
    """A row of website_leads."""

    id: UUID
    organization_id: UUID | None
    session_id: str | None
    website_url: str | None
    business_name: str | None
    created_at: datetime
    website_domain: str | None = None
    lead_source: str | None = None
    industry_category: str | None = None
    business_type: str | None = None
    status: str = "new"
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    referrer: str | None = None
    user_agent: str | None = None
    ip_address: str | None = None
    converted_to_user_id: UUID | None = None
    converted_at: datetime | None = None


class Event(NamedTuple):
    """A row of conversion_tracking; `step_data` is JSON text."""

    id: UUID
    website_lead_id: UUID | None
    conversion_step: str
    step_completed_at: datetime
    session_id: str | None
    step_data: str | None = None
    conversion_value: Decimal | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of the three tables; they refer only to each other."""

    organizations: tuple[Organization, ...]
    leads: tuple[DemoLead, ...]
    events: tuple[Event, ...]
