"""Cases with visitors who return, and with websites that several visitors submit."""

from collections.abc import Sequence
from datetime import datetime

from dashboard.demo.cases import regular
from dashboard.demo.people import Scene, Visit, older_session, visit
from dashboard.demo.recording import Recorded, keep, walk
from dashboard.demo.rows import Organization
from dashboard.demo.saving import SAVED_AFTER, Saved, save, store, store_lead, tracked_organization

HOUR_SECONDS = 3_600
DAY_SECONDS = 24 * HOUR_SECONDS
TOGETHER = 0.5


def second_website(scene: Scene, first: Visit) -> None:
    """Let the same browser submit another website of its owner after the first."""
    _, ended = _visited(scene, first)
    at = ended + scene.dice.seconds(180, 2 * DAY_SECONDS, bend=3)
    second = _again(scene, first, at)
    business = next(scene.websites)
    regular(
        scene, second._replace(business=business, website_url=f"https://{business.host}", path="")
    )


def second_analysis(scene: Scene, first: Visit) -> None:
    """Let the same browser submit the same website again: only the analysis makes a new lead."""
    saved = save(scene, first)
    before = walk(scene, saved, may_register=False)
    at = _ended(before) + scene.dice.seconds(600, 2 * DAY_SECONDS, bend=3)
    repeated = save(scene, _again(scene, first, at), saved.organization)
    # The tracking path finds the lead of this session, so the steps land there.
    again = repeated._replace(placeholder=saved.placeholder)
    after = walk(scene, again, may_register=False)
    store(scene, saved)
    keep(scene, saved, before)
    # Both journeys share a lead: one would hide a step that the other lost.
    if all(step.event for step in (*before, *after)):
        _store_again(scene, again)
        keep(scene, again, after)


def overwritten(scene: Scene, first: Visit) -> None:
    """Let a later visitor's session id replace the first one's on the organization."""
    saved, ended = _visited(scene, first)
    second = _later_visitor(scene, first, ended)
    session_id = older_session(scene.dice, second)
    later = save(scene, second, saved.organization, session_id=session_id)
    store(scene, later)
    keep(scene, later, walk(scene, later, may_register=False))
    scene.log.defect(
        "overwritten_sessions", later.completed_at, first.submission, later.organization
    )


def recreated(scene: Scene, first: Visit) -> None:
    """Let a later visitor spell the address differently, so that no organization is found."""
    _, ended = _visited(scene, first)
    second = _respelled(_later_visitor(scene, first, ended))
    saved = save(scene, second)
    store(scene, saved)
    keep(scene, saved, walk(scene, saved, may_register=False))
    scene.log.defect(
        "recreated_organizations", saved.completed_at, second.submission, saved.organization
    )


def owned_beside(scene: Scene, first: Visit) -> None:
    """Let a visitor spell the address differently from the owner of its organization."""
    at, business = first.submitted_at, first.business
    owned = tracked_organization(scene.dice, first, at)._replace(
        name=business.name, slug=business.slug, user_id=scene.dice.uuid(), session_id=None
    )
    scene.log.hold(at)
    scene.log.write(at, owned)
    second = _respelled(_later_visitor(scene, first, at))
    saved = save(scene, second)
    store(scene, saved)
    keep(scene, saved, walk(scene, saved, may_register=False))
    scene.log.defect(
        "owned_beside_anonymous", saved.completed_at, second.submission, saved.organization
    )


def crowd(scene: Scene, first: Visit) -> None:
    """Let three to eight visitors submit one website within minutes, some of them at once."""
    dice = scene.dice
    together = 1 + dice.below(2) if dice.chance(TOGETHER) else 0
    others = _companions(scene, first, together)
    leader = save(scene, first)
    followers = [save(scene, other, leader.organization) for other in others]
    # Visitors who came at the same time found no organization either, and each inserted one.
    extra = [
        tracked_organization(dice, saved.visit, saved.placeholder.created_at)
        for saved in followers[:together]
    ]
    for place, organization in enumerate(extra):
        followers[place] = _tracked_to(followers[place], organization)
    _keep_crowd(scene, [leader, *followers], extra)


def _keep_crowd(scene: Scene, together: Sequence[Saved], extra: Sequence[Organization]) -> None:
    store(scene, *together, in_crowd=True)
    held = max(saved.completed_at for saved in together)
    scene.log.write(held, *extra)
    for saved, organization in zip(together[1:], extra, strict=False):
        scene.log.defect("duplicate_organizations", held, saved.visit.submission, organization)
    for saved in together:
        keep(scene, saved, walk(scene, saved, may_register=False))


def _tracked_to(saved: Saved, organization: Organization) -> Saved:
    placeholder = saved.placeholder._replace(organization_id=organization.id)
    return saved._replace(placeholder=placeholder)


def _visited(scene: Scene, first: Visit) -> tuple[Saved, datetime]:
    """Let the first visitor finish; returns the saved rows and the time of the last step."""
    saved = save(scene, first)
    store(scene, saved)
    walked = walk(scene, saved, may_register=False)
    keep(scene, saved, walked)
    return saved, _ended(walked)


def _ended(walked: Sequence[Recorded]) -> datetime:
    return max(recorded.happened_at for recorded in walked)


def _again(scene: Scene, first: Visit, at: datetime) -> Visit:
    return first._replace(submission=scene.dice.uuid(), submitted_at=at)


def _later_visitor(scene: Scene, first: Visit, after: datetime) -> Visit:
    """Make another visitor of the same website, long after every analysis of it has ended."""
    at = after + scene.dice.seconds(HOUR_SECONDS, 12 * DAY_SECONDS, bend=3)
    return visit(scene.dice, first.business, at)._replace(website_url=first.website_url)


def _respelled(visit: Visit) -> Visit:
    """Spell the address differently, so that the lookup fails and a second organization is made."""
    business = visit.business
    scheme = "http" if visit.website_url.startswith("https") else "https"
    return visit._replace(
        website_url=f"{scheme}://{business.host}",
        business=business._replace(slug=f"{business.slug}-2"),
    )


def _store_again(scene: Scene, again: Saved) -> None:
    scene.log.hold(again.completed_at + SAVED_AFTER)
    scene.log.write(again.completed_at, again.visit.truth(in_crowd=False), again.organization)
    if again.analyzed:
        store_lead(scene, again, again.analyzed, "analyzed")


def _companions(scene: Scene, first: Visit, together: int) -> list[Visit]:
    """Make the others of a crowd in order of time; the first `together` come with its first."""
    dice = scene.dice
    # They come after the first one, but too soon to see its uncommitted rows.
    delays = [dice.seconds(0.2, 0.5) for _ in range(together)]
    others = 2 + dice.below(6) - together
    delays += [dice.seconds(4, 240) for _ in range(others)]
    return [
        visit(dice, first.business, first.submitted_at + delay)._replace(
            website_url=first.website_url, path=first.path, attribution=first.attribution
        )
        for delay in sorted(delays)
    ]
