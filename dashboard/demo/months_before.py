"""The months before the report's evening: about 5,000 anonymous submissions, hardly tracked.

Every visitor submits a website of their own, so nothing here looks like a repeated or a racing
submission. No lead has a session id: fix #2 of the report changed that.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dashboard.demo.businesses import Business, businesses, journals, slug
from dashboard.demo.dice import Dice, Weighted
from dashboard.demo.rows import DemoLead, Event, Organization, Rows
from dashboard.demo.visitors import (
    AHEAD_OF_UTC,
    EARLY_ATTRIBUTIONS,
    STATUSES,
    USER_AGENTS,
    ip_address,
    visits,
)

EARLY_LEADS = 4_991
EARLY_JOURNALS = 110
TRACKED_LEADS = 245

EARLY_START = datetime(2025, 5, 1)
# When the newest organization before the report's five was created. Later submissions get no
# organization and leave only their lead.
LAST_ORGANIZATION_BEFORE = datetime(2026, 1, 25, 7, 50)
ENDS_AT = datetime(2026, 1, 26, 2, 13)

WITHOUT_ORGANIZATION = 0.015
EARLY_REGISTRATION_SHARE = 0.11

SCHEMES = Weighted({"https://": 85, "http://": 9, "https://www.": 6})


@dataclass(frozen=True)
class MonthsBefore(Rows):
    """The rows, and the one lead that was captured twice."""

    lead_captured_twice: UUID


def months_before(dice: Dice) -> MonthsBefore:
    """Return the rows from EARLY_START to ENDS_AT, each table in order of time."""
    moments = visits(dice, EARLY_LEADS, EARLY_START, ENDS_AT)
    # There are more businesses than visits.
    pairs = zip(businesses(dice), moments, strict=False)
    submissions = [_submission(dice, business, moment) for business, moment in pairs]
    leads = tuple(lead for _, lead in submissions)
    organizations = [organization for organization, _ in submissions if organization]
    organizations += _journals(dice)
    organizations.sort(key=lambda organization: organization.created_at)
    tracked = leads[-TRACKED_LEADS:]
    twice = tracked[TRACKED_LEADS // 2]
    return MonthsBefore(tuple(organizations), leads, _captures(dice, tracked, twice), twice.id)


def capture(dice: Dice, lead: DemoLead, at: datetime) -> Event:
    """Return the event that the analysis path records right after it inserts the lead."""
    data = {"business_name": lead.business_name, "website_url": lead.website_url}
    return Event(dice.uuid(), lead.id, "website_analysis", at, lead.session_id, json.dumps(data))


def _submission(
    dice: Dice, business: Business, saved_at: datetime
) -> tuple[Organization | None, DemoLead]:
    refused = saved_at >= LAST_ORGANIZATION_BEFORE or dice.chance(WITHOUT_ORGANIZATION)
    organization = None if refused else _organization(dice, business, saved_at)
    return organization, _lead(dice, business, organization, saved_at)


def _organization(dice: Dice, business: Business, saved_at: datetime) -> Organization:
    """Make the visitor's organization; a visitor who registers soon after becomes its owner."""
    registered_at = saved_at + dice.seconds(600, 3 * 86_400)
    owned = dice.chance(EARLY_REGISTRATION_SHARE) and registered_at < ENDS_AT
    opened_at = saved_at - AHEAD_OF_UTC - dice.seconds(41, 169)
    return Organization(
        id=dice.uuid(),
        name=business.name,
        slug=business.slug,
        user_id=dice.uuid() if owned else None,
        session_id=None if owned else dice.session_id(opened_at),
        website_url=dice.weighted(SCHEMES) + business.host,
        created_at=saved_at,
        updated_at=registered_at if owned else saved_at,
    )


def _lead(
    dice: Dice, business: Business, organization: Organization | None, saved_at: datetime
) -> DemoLead:
    owned = organization is not None and organization.user_id is not None
    written_out = organization is not None and dice.chance(0.8)
    return DemoLead(
        id=dice.uuid(),
        organization_id=organization.id if organization else None,
        session_id=None,
        website_url=organization.website_url if organization and written_out else business.host,
        business_name=business.name,
        created_at=saved_at + dice.seconds(0.02, 0.6),
        website_domain=business.host,
        industry_category=None if dice.chance(0.04) else business.industry,
        business_type=None if dice.chance(0.07) else business.business_type,
        status="converted" if owned else dice.weighted(STATUSES),
        user_agent=dice.weighted(USER_AGENTS),
        ip_address=ip_address(dice),
        converted_to_user_id=organization.user_id if organization else None,
        converted_at=organization.updated_at if organization and owned else None,
        **dice.weighted(EARLY_ATTRIBUTIONS)._asdict(),
    )


def _journals(dice: Dice) -> list[Organization]:
    """Make the organizations that people registered for themselves, without a website."""
    moments = visits(dice, EARLY_JOURNALS, EARLY_START, LAST_ORGANIZATION_BEFORE)
    return [
        Organization(dice.uuid(), name, slug(name), dice.uuid(), None, None, moment, moment)
        for name, moment in zip(journals(dice), moments, strict=False)
    ]


def _captures(dice: Dice, tracked: tuple[DemoLead, ...], twice: DemoLead) -> tuple[Event, ...]:
    """Make one capture per tracked lead, and a minute later a second one for the lead `twice`."""
    captures = [capture(dice, lead, lead.created_at + dice.seconds(0.01, 0.3)) for lead in tracked]
    captures.append(capture(dice, twice, twice.created_at + timedelta(seconds=58.4)))
    return tuple(sorted(captures, key=lambda event: event.step_completed_at))
