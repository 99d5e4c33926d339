"""The rows that the status report saw on 2026-01-26 at 02:30, and the months before it.

Times are on the report's clock, 5 h ahead of UTC; session ids hold the true UTC time. The rows of
the report's evening agree with both its printed tables and its totals.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from dashboard.demo.businesses import slug
from dashboard.demo.dice import Dice
from dashboard.demo.months_before import capture, months_before
from dashboard.demo.planted import Planted, count_planted
from dashboard.demo.rows import DemoLead, Event, Organization, Rows
from dashboard.model.placeholder import PLACEHOLDER

AS_OF = datetime(2026, 1, 26, 2, 30)

GLOOP_SESSION = "session_1769376031102_1i34cuwqi"
SNAP_SESSION = "session_1769375854713_eyc0yp41f"
# The analysis path wrote another, older session of the same browser to Snap's organization.
SNAP_ORGANIZATION_SESSION = "session_1769375835543_htg53b7hs"
AMAZON_SESSION = "session_1769374945369_ugcfca0my"
META_SESSION = "session_1769373896363_ytwsbl4ic"


@dataclass(frozen=True)
class Picture(Rows):
    """The rows of the picture and what was planted in them."""

    planted: Planted


class Organizations(NamedTuple):
    """The organizations the report prints, in its order: newest first."""

    gloop: Organization
    snap: Organization
    amazon: Organization
    meta: Organization
    blog: Organization


class Leads(NamedTuple):
    """The leads of those organizations."""

    gloop_session: DemoLead
    gloop_analyzed: DemoLead
    snap: DemoLead
    amazon: DemoLead
    meta: DemoLead


def report_picture() -> Picture:
    """Return the same picture every time."""
    dice = Dice("the report's evening")
    organizations = _printed_organizations(dice)
    leads = _leads(dice, organizations)
    printed = _printed_events(dice, leads)
    unprinted = (_capture_at_once(dice, leads.amazon), _capture_at_once(dice, leads.meta))
    before = months_before(Dice("the months before"))
    rows = Rows(
        before.organizations + organizations[::-1],
        before.leads + leads,
        before.events + unprinted + printed[::-1],
    )
    planted = Planted(
        as_of=AS_OF,
        tracking_began_at=before.events[0].step_completed_at,
        counts=count_planted(rows),
        newest_organizations=tuple(organization.id for organization in organizations),
        newest_events=tuple(event.id for event in printed),
        gloop_session_lead=leads.gloop_session.id,
        gloop_analyzed_lead=leads.gloop_analyzed.id,
        snap_lead=leads.snap.id,
        lead_captured_twice=before.lead_captured_twice,
    )
    return Picture(rows.organizations, rows.leads, rows.events, planted)


def _printed_organizations(dice: Dice) -> Organizations:
    gloop = _organization(dice, "Gloop", GLOOP_SESSION, "http://gloop.com", _at("02:20:31"))
    snap = _organization(
        dice, "Snap Inc.", SNAP_ORGANIZATION_SESSION, "http://snap.com", _at("02:18:07")
    )
    blog_at = datetime(2026, 1, 25, 7, 51, 14)
    return Organizations(
        # The tracking path inserted it without a name; the finished analysis added the name.
        gloop=gloop._replace(updated_at=_at("02:21:13")),
        snap=snap,
        amazon=_organization(
            dice, "Amazon.com", AMAZON_SESSION, "https://amazon.com", _at("02:05:07")
        ),
        meta=_organization(dice, "Meta", META_SESSION, "https://meta.com", _at("01:45:51")),
        # The constraint holds: without a session it must have an owner.
        blog=_organization(dice, "j's Blog", None, None, blog_at)._replace(user_id=dice.uuid()),
    )


def _leads(dice: Dice, organizations: Organizations) -> Leads:
    """Make the leads: the tracking path's have a session, the analysis path's a business."""
    gloop, snap, amazon, meta, _ = organizations
    return Leads(
        gloop_session=_placeholder(dice, gloop, "gloop.com", GLOOP_SESSION, gloop.created_at),
        gloop_analyzed=_analyzed(dice, gloop, "gloop.com", _at("02:21:13"), "Food & Drink"),
        # Its start was lost. So the completion call found no lead and inserted one.
        snap=_placeholder(dice, snap, "snap.com", SNAP_SESSION, _at("02:18:36")),
        amazon=_analyzed(dice, amazon, "amazon.com", amazon.created_at, "Retail"),
        meta=_analyzed(dice, meta, "meta.com", meta.created_at, "Software"),
    )


def _printed_events(dice: Dice, leads: Leads) -> tuple[Event, ...]:
    """Make the five events the report prints, in its order: newest first."""
    gloop, analyzed, snap = leads.gloop_session, leads.gloop_analyzed, leads.snap
    # Snap's two events share a second; the report lists the one with the larger id first.
    lower, higher = sorted((dice.uuid(), dice.uuid()))
    return (
        _step(dice, gloop, "analysis_completed", _at("02:21:36")),
        capture(dice, analyzed, _at("02:21:13")),
        _step(dice, gloop, "analysis_started", _at("02:20:31")),
        _step(dice, snap, "analysis_completed", _at("02:18:36"))._replace(id=higher),
        capture(dice, snap, _at("02:18:36"))._replace(id=lower),
    )


def _organization(
    dice: Dice, name: str, session_id: str | None, website_url: str | None, at: datetime
) -> Organization:
    return Organization(dice.uuid(), name, slug(name), None, session_id, website_url, at, at)


def _placeholder(
    dice: Dice, organization: Organization, host: str, session_id: str, at: datetime
) -> DemoLead:
    return DemoLead(
        dice.uuid(), organization.id, session_id, host, PLACEHOLDER, at, host, lead_source="direct"
    )


def _analyzed(
    dice: Dice, organization: Organization, host: str, at: datetime, industry: str
) -> DemoLead:
    return DemoLead(
        id=dice.uuid(),
        organization_id=organization.id,
        session_id=None,
        website_url=host,
        business_name=organization.name,
        created_at=at,
        website_domain=host,
        lead_source="direct",
        industry_category=industry,
        business_type="B2C",
    )


def _capture_at_once(dice: Dice, lead: DemoLead) -> Event:
    return capture(dice, lead, lead.created_at + timedelta(milliseconds=40))


def _step(dice: Dice, lead: DemoLead, step: str, at: datetime) -> Event:
    data = json.dumps({"website_url": lead.website_url})
    return Event(dice.uuid(), lead.id, step, at, lead.session_id, data)


def _at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-26 {clock}")
