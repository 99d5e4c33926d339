"""A month of the system since ece936e: its writers save less and less, and record no step.

The visitors come at the demo's own moments. Tracking drops all their steps, those of earlier
visitors too. The analysis takes one of two forms: direct, or as a job.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from dashboard.demo.businesses import Business
from dashboard.demo.dice import Weighted
from dashboard.demo.fill import Connection, execute, execute_with, fill
from dashboard.demo.history import Case, History, history
from dashboard.demo.months_before import capture
from dashboard.demo.people import Scene, Visit, older_session
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from dashboard.demo.rows import Organization
from dashboard.demo.saving import (
    SAVED_AFTER,
    analysis_time,
    analyzed_lead,
    analyzed_organization,
    tracked_organization,
)
from dashboard.demo.top_up import append
from dashboard.demo.truth import SubmissionLead, TrueStep

UNTRACKED_TIME = timedelta(days=30)


class KnownWebsite(NamedTuple):
    """A website that was submitted before, and what its analysis found."""

    organization: Organization
    business: Business


class UntrackedDemo(NamedTuple):
    """The demo's history up to the stop, and the month after it."""

    stop: datetime
    before: History
    month: History


def stop_before(until: datetime) -> datetime:
    """Return when tracking stops in a month that ends at this moment: a midnight."""
    return datetime.combine((until - UNTRACKED_TIME).date(), time())


def untracked_demo(until: datetime) -> UntrackedDemo:
    """Make the demo whose last month is untracked; the same for the same moment."""
    stop = stop_before(until)
    before = history(HISTORY_START.date(), stop.date(), stop)
    return UntrackedDemo(stop, before, untracked_month(known_websites(before), until))


def fill_untracked(connection: Connection, made: UntrackedDemo) -> None:
    """Fill an empty database with that demo."""
    fill(connection, report_picture())
    with connection.transaction():
        execute(connection, "demo/planted_tables")
        append(connection, made.before)
        append(connection, made.month)
        execute_with(connection, "demo/name_stop", [{"since": made.stop}])
        execute(connection, "demo/note_stop")


def untracked_month(known: Sequence[KnownWebsite], until: datetime) -> History:
    """Return the rows that the later writers leave between the stop and `until`."""
    stop = stop_before(until)
    # As measured, 47 of 100 submissions leave a lead.
    cases: Weighted[Case] = Weighted({partial(_known, known): 47, _refused: 26, _by_job: 27})
    return history(stop.date(), until.date(), until, stop, cases)


def known_websites(before: History) -> list[KnownWebsite]:
    """Return the analyzed websites whose organization a history has."""
    organizations = {each.id: each for each in before.organizations}
    return [
        KnownWebsite(organization, Business(name, organization.slug, host, industry, kind))
        for lead in before.leads
        if (organization := organizations.get(lead.organization_id or lead.id))
        and not lead.session_id
        and (name := lead.business_name)
        and (host := lead.website_domain)
        and (industry := lead.industry_category)
        and (kind := lead.business_type)
    ]


def _known(known: Sequence[KnownWebsite], scene: Scene, visit: Visit) -> None:
    """Let the direct form find the organization: it adds a lead and an event without session."""
    dice, (organization, business) = scene.dice, scene.dice.pick(known)
    url = organization.website_url or visit.website_url
    visit = visit._replace(business=business, website_url=url)
    # Arrived before the stop: so the history takes the next one for a change of it.
    scene.log.hold(organization.created_at)
    scene.log.write(organization.created_at, organization)
    at = _submitted(scene, visit)
    lead = analyzed_lead(dice, visit, organization, at + dice.seconds(0.01, 0.2))
    scene.log.hold(lead.created_at + SAVED_AFTER)
    scene.log.write(
        at,
        organization._replace(updated_at=at),
        lead,
        SubmissionLead(lead.id, visit.submission, "analyzed"),
        capture(dice, lead, lead.created_at + dice.seconds(0.005, 0.03)),
    )


def _refused(scene: Scene, visit: Visit) -> None:
    """Let the direct form insert an organization without owner and session: it is refused."""
    _submitted(scene, visit)


def _by_job(scene: Scene, visit: Visit) -> None:
    """Let the job form save the organization, with a session id and nothing else."""
    at = _submitted(scene, visit)
    organization = tracked_organization(scene.dice, visit, at, older_session(scene.dice, visit))
    organization = analyzed_organization(visit, organization, at)
    scene.log.write(at, organization)
    scene.log.defect("organizations_without_lead", at, visit.submission, organization)


def _submitted(scene: Scene, visit: Visit) -> datetime:
    """Note the submission and its two steps, both dropped; return when the analysis has ended."""
    at = visit.submitted_at + analysis_time(scene.dice)
    scene.log.hold(at)
    scene.log.write(at, visit.truth(in_crowd=False))
    for step, happened_at in (("analysis_started", visit.submitted_at), ("analysis_completed", at)):
        scene.log.write(at, TrueStep(visit.submission, step, happened_at, None))
    return at
