"""The rows that both write paths save for one submission, with all four fixes in place."""

from datetime import datetime, timedelta
from typing import NamedTuple

from dashboard.demo.dice import Dice
from dashboard.demo.months_before import capture
from dashboard.demo.people import Scene, Visit
from dashboard.demo.rows import DemoLead, Organization
from dashboard.demo.truth import Role, SubmissionLead
from dashboard.model.placeholder import PLACEHOLDER

# The longest time from a submission's last answer to the last of its rows.
SAVED_AFTER = timedelta(seconds=0.1)
SLOW_ANALYSIS = 0.01
WITHOUT_INDUSTRY = 0.04
WITHOUT_BUSINESS_TYPE = 0.07


class Saved(NamedTuple):
    """The rows of one submission, and when the browser reported its analysis as complete."""

    visit: Visit
    organization: Organization
    placeholder: DemoLead
    analyzed: DemoLead | None
    completed_at: datetime


def save(
    scene: Scene,
    visit: Visit,
    organization: Organization | None = None,
    *,
    analyzed: bool = True,
    session_id: str | None = None,
) -> Saved:
    """Draw the rows of both paths, which write one after the other.

    `organization` is the website's existing one. `session_id` is the id that the analysis path
    writes to it. Without `analyzed`, the database refused the analyzed lead; no visitor sees that.
    """
    dice = scene.dice
    tracked_at = visit.submitted_at + dice.seconds(0.08, 0.25)
    organization = organization or tracked_organization(dice, visit, tracked_at)
    placeholder = placeholder_lead(
        dice, visit, organization, tracked_at + dice.seconds(0.005, 0.03)
    )
    finished_at = visit.submitted_at + analysis_time(dice)
    lead = None
    if analyzed:
        organization = analyzed_organization(visit, organization, finished_at, session_id)
        lead = analyzed_lead(dice, visit, organization, finished_at + dice.seconds(0.01, 0.2))
    completed_at = finished_at + dice.seconds(0.4, 25)
    return Saved(visit, organization, placeholder, lead, completed_at)


def analysis_time(dice: Dice) -> timedelta:
    """Draw how long an analysis takes: half take 40 to 42.5 s, nearly all under a minute."""
    if dice.chance(SLOW_ANALYSIS):
        return dice.seconds(60, 165)
    return dice.seconds(40, 60, bend=3)


def store(scene: Scene, *together: Saved, captured: bool = True, in_crowd: bool = False) -> None:
    """Write submissions together, when the last of them was analyzed."""
    scene.log.hold(max(saved.completed_at for saved in together) + SAVED_AFTER)
    for saved in together:
        visit, at = saved.visit, saved.completed_at
        scene.log.write(at, visit.truth(in_crowd=in_crowd), saved.organization)
        store_lead(scene, saved, saved.placeholder, "placeholder")
        if saved.analyzed:
            store_lead(scene, saved, saved.analyzed, "analyzed", captured=captured)


def store_lead(
    scene: Scene, saved: Saved, lead: DemoLead, role: Role, *, captured: bool = True
) -> None:
    """Write a lead and the capture event that its path records."""
    truth = SubmissionLead(lead.id, saved.visit.submission, role)
    scene.log.write(saved.completed_at, truth, lead)
    event = capture(scene.dice, lead, lead.created_at + scene.dice.seconds(0.005, 0.03))
    if captured:
        scene.log.write(saved.completed_at, event)


def tracked_organization(
    dice: Dice, visit: Visit, at: datetime, session_id: str | None = None
) -> Organization:
    """Make the organization of a website without one; it has no name until the analysis ends."""
    organization_id = dice.uuid()
    return Organization(
        organization_id,
        PLACEHOLDER,
        f"unknown-business-{organization_id.hex[:12]}",
        None,
        session_id or visit.session_id,
        visit.website_url,
        at,
        at,
    )


def analyzed_organization(
    visit: Visit, organization: Organization, at: datetime, session_id: str | None = None
) -> Organization:
    """Return the organization as the finished analysis updates it."""
    if visit.business.name:
        organization = organization._replace(name=visit.business.name, slug=visit.business.slug)
    return organization._replace(session_id=session_id or organization.session_id, updated_at=at)


def placeholder_lead(
    dice: Dice, visit: Visit, organization: Organization, at: datetime
) -> DemoLead:
    """Make the tracking path's lead: session, address as typed, no business."""
    return DemoLead(
        id=dice.uuid(),
        organization_id=organization.id,
        session_id=visit.session_id,
        website_url=_typed(dice, visit),
        business_name=PLACEHOLDER,
        created_at=at,
        website_domain=visit.business.host,
        user_agent=visit.user_agent,
        ip_address=visit.ip_address,
        **visit.attribution._asdict(),
    )


def analyzed_lead(dice: Dice, visit: Visit, organization: Organization, at: datetime) -> DemoLead:
    """Make the analysis path's lead: the real business, no session."""
    business = visit.business
    return DemoLead(
        id=dice.uuid(),
        organization_id=organization.id,
        session_id=None,
        website_url=visit.website_url + visit.path,
        business_name=business.name or None,
        created_at=at,
        website_domain=business.host,
        industry_category=None if dice.chance(WITHOUT_INDUSTRY) else business.industry,
        business_type=None if dice.chance(WITHOUT_BUSINESS_TYPE) else business.business_type,
        user_agent=visit.user_agent,
        ip_address=visit.ip_address,
        **visit.attribution._asdict(),
    )


def _typed(dice: Dice, visit: Visit) -> str:
    """Write the address as a person might: with or without scheme, in large letters."""
    host = visit.business.host
    spellings = (visit.website_url, host, host.title(), f"HTTPS://www.{host}")
    return spellings[int(dice.between(0, len(spellings), bend=4))] + visit.path
