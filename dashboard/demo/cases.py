"""The cases of one submission: a regular one, and one for each thing that can go wrong."""

from dashboard.demo.hostile import hostile
from dashboard.demo.people import Scene, Visit, odd_session, older_session
from dashboard.demo.recording import Recorded, extra_event, follow_up, keep, walk
from dashboard.demo.rows import DemoLead, Event
from dashboard.demo.saving import (
    Saved,
    analysis_time,
    analyzed_lead,
    analyzed_organization,
    placeholder_lead,
    save,
    store,
    store_lead,
    tracked_organization,
)
from dashboard.demo.truth import TrueStep

# Each step that can be lost, with the step that proves it.
LOSABLE = {
    "analysis_completed": "previews_viewed",
    "previews_viewed": "audience_selected",
    "audience_selected": "content_generated",
    "content_generated": "content_exported",
    "registration": "first_payment",
}
# So soon after the first call's insert that the second call can't see it yet.
BOTH_AT_ONCE = (0.26, 0.6)


def regular(scene: Scene, visit: Visit) -> Saved:
    """Let both paths save and record everything."""
    saved = save(scene, visit)
    store(scene, saved)
    keep(scene, saved, walk(scene, saved))
    follow_up(scene, saved)
    return saved


def start_lost(scene: Scene, visit: Visit) -> None:
    """Lose the tracking path's first call, so that the analysis path finds no organization."""
    saved = _saved_without_start(scene, visit, analyzed=scene.dice.chance(0.7))
    store(scene, saved)
    if saved.analyzed:
        # The analysis path inserts with the older session id it knows, as it did for Snap. Without
        # one, the database refuses the row.
        _plant_second_session(scene, saved)
    else:
        _plant_unanalyzed(scene, saved)
    first, *later = walk(scene, saved, stays=True, may_register=False)
    keep(scene, saved, [first.lost(), *later])


def step_lost(scene: Scene, visit: Visit) -> None:
    """Lose a later step; the step after it proves the loss."""
    saved = save(scene, visit)
    store(scene, saved)
    walked = walk(scene, saved)
    taken = {recorded.step for recorded in walked if recorded.event}
    losable = [step for step, proof in LOSABLE.items() if {step, proof} <= taken]
    lost = scene.dice.pick(losable) if losable else ""
    keep(scene, saved, [step.lost() if step.step == lost else step for step in walked])


def analysis_refused(scene: Scene, visit: Visit) -> None:
    """Lose the analyzed lead; the visitor sees success and continues."""
    saved = save(scene, visit, analyzed=False)
    store(scene, saved)
    _plant_unanalyzed(scene, saved)
    keep(scene, saved, walk(scene, saved, stays=True))


def capture_lost(scene: Scene, visit: Visit) -> None:
    """Lose the only event of the analyzed lead."""
    saved = save(scene, visit)
    store(scene, saved, captured=False)
    if saved.analyzed:
        scene.log.defect(
            "leads_without_events", saved.completed_at, visit.submission, saved.analyzed
        )
    keep(scene, saved, walk(scene, saved))


def nameless(scene: Scene, visit: Visit) -> None:
    """Let the analysis find no business name."""
    saved = regular(scene, visit._replace(business=visit.business._replace(name="")))
    if saved.analyzed:
        scene.log.defect("leads_without_name", saved.completed_at, visit.submission, saved.analyzed)


def tracked_twice(scene: Scene, visit: Visit) -> None:
    """Make the first tracking call twice at once: both find no lead, and each inserts one."""
    saved = save(scene, visit)
    store(scene, saved)
    twin = saved.placeholder._replace(
        id=scene.dice.uuid(),
        created_at=saved.placeholder.created_at + scene.dice.seconds(0.002, 0.01),
    )
    store_lead(scene, saved, twin, "duplicate")
    scene.log.defect("duplicate_leads", saved.completed_at, visit.submission, twin)
    start, *later = walk(scene, saved)
    if start.event:
        scene.log.write(start.happened_at, _of(scene, start.event, twin))
    # Later steps are recorded on the newest lead of the session.
    keep(scene, saved._replace(placeholder=twin), [start, *(step.on(twin.id) for step in later)])


def split(scene: Scene, visit: Visit) -> None:
    """Record the steps after the analysis on the analyzed lead."""
    saved = save(scene, visit)
    store(scene, saved)
    walked = walk(scene, saved)
    if analyzed := saved.analyzed:
        walked[2:] = [step.on(analyzed.id) for step in walked[2:]]
    keep(scene, saved, walked)
    for event in _events(walked[2:]):
        scene.log.defect("split_steps", event.step_completed_at, visit.submission, event)


def detached(scene: Scene, visit: Visit) -> None:
    """Record one later step without its lead; its session still identifies the submission."""
    saved = save(scene, visit)
    store(scene, saved)
    walked = walk(scene, saved)
    if len(walked) > 2:
        walked[2] = walked[2].on(None)
    keep(scene, saved, walked)
    for event in _events(walked[2:3]):
        _plant_without_lead(scene, visit, event, "its session has a lead")


def stray(scene: Scene, visit: Visit) -> None:
    """Record a step of a browser without any lead, with or without a session id."""
    saved = regular(scene, visit)
    at = saved.completed_at + scene.dice.seconds(60, 3600)
    session_id = older_session(scene.dice, visit) if scene.dice.chance(0.6) else None
    event = extra_event(scene, saved, "project_saved", at, saved.placeholder)
    event = event._replace(website_lead_id=None, session_id=session_id)
    scene.log.write(at, event)
    detail = "its session has no lead" if session_id else "no session"
    scene.log.defect("events_without_lead", at, None, event, detail)


def reversed_order(scene: Scene, visit: Visit) -> None:
    """Swap the times of two steps."""
    saved = save(scene, visit)
    store(scene, saved)
    walked = walk(scene, saved)
    # A repeated preview would put the audience in fourth place, and nothing would be out of order.
    if [recorded.step for recorded in walked[2:4]] == ["previews_viewed", "audience_selected"]:
        early, late = walked[2:4]
        walked[2:4] = early.at(late.happened_at), late.at(early.happened_at)
        for event in _events(walked[2:3]):
            scene.log.defect("reversed_steps", late.happened_at, visit.submission, event)
    keep(scene, saved, walked)


def unknown_step(scene: Scene, visit: Visit) -> None:
    """Record every planned step, and one step name that the plan does not know."""
    saved = regular(scene, visit)
    after, name = scene.dice.pick(((30.0, "demo_requested"), (0.0, "Analysis_Started")))
    base = saved.completed_at if after else saved.placeholder.created_at
    at = base + scene.dice.seconds(after + 0.05, after + 0.09)
    event = extra_event(scene, saved, name, at, saved.placeholder)
    scene.log.write(at, event)
    scene.log.defect("unknown_steps", at, visit.submission, event, name)


def leadless(scene: Scene, visit: Visit) -> None:
    """Save the organization alone: the lead was refused, and so was the analysis."""
    at = visit.submitted_at + scene.dice.seconds(0.08, 0.25)
    organization = tracked_organization(scene.dice, visit, at)
    completed_at = visit.submitted_at + analysis_time(scene.dice)
    scene.log.hold(completed_at)
    scene.log.write(completed_at, visit.truth(in_crowd=False), organization)
    for step, happened_at in (("analysis_started", at), ("analysis_completed", completed_at)):
        scene.log.write(completed_at, TrueStep(visit.submission, step, happened_at, None))
    scene.log.defect("organizations_without_lead", completed_at, visit.submission, organization)


def both_paths_at_once(scene: Scene, visit: Visit) -> None:
    """Finish the analysis at once: each path finds no organization and inserts its own."""
    dice = scene.dice
    saved = save(scene, visit, analyzed=False)
    at = visit.submitted_at + dice.seconds(*BOTH_AT_ONCE)
    second = tracked_organization(dice, visit, at, older_session(dice, visit))
    second = analyzed_organization(visit, second, at)
    saved = saved._replace(
        analyzed=analyzed_lead(dice, visit, second, at + dice.seconds(0.01, 0.1)),
        completed_at=at + dice.seconds(0.4, 3),
    )
    store(scene, saved)
    scene.log.write(saved.completed_at, second)
    scene.log.defect("duplicate_organizations", saved.completed_at, visit.submission, second)
    scene.log.defect("second_session_ids", saved.completed_at, visit.submission, second)
    keep(scene, saved, walk(scene, saved, may_register=False))


def second_session(scene: Scene, visit: Visit) -> None:
    """Let the analysis path write an older session id of the same browser to the organization."""
    saved = save(scene, visit, session_id=older_session(scene.dice, visit))
    store(scene, saved)
    _plant_second_session(scene, saved)
    keep(scene, saved, walk(scene, saved, may_register=False))


def odd_session_id(scene: Scene, visit: Visit) -> None:
    """Let the browser send an id that does not follow the pattern."""
    saved = regular(scene, visit._replace(session_id=odd_session(scene.dice, visit)))
    scene.log.defect("odd_session_ids", saved.completed_at, visit.submission, saved.placeholder)


def hostile_text(scene: Scene, visit: Visit) -> None:
    """Let the visitor send text that could break a page."""
    visit, column = hostile(scene.dice, visit)
    saved = regular(scene, visit)
    if saved.analyzed:
        scene.log.defect(
            "hostile_text", saved.completed_at, visit.submission, saved.analyzed, column
        )


def _saved_without_start(scene: Scene, visit: Visit, *, analyzed: bool) -> Saved:
    """Draw the rows where only the call that reports the finished analysis makes the lead."""
    dice = scene.dice
    at = visit.submitted_at + analysis_time(dice)
    # The browser gets its answer at once, within the few seconds that racing writers take.
    completed_at = at + dice.seconds(0.6, 4)
    if not analyzed:
        organization = tracked_organization(dice, visit, completed_at)
        lead = placeholder_lead(dice, visit, organization, completed_at)
        return Saved(visit, organization, lead, None, completed_at)
    organization = tracked_organization(dice, visit, at, older_session(dice, visit))
    organization = analyzed_organization(visit, organization, at)
    real = analyzed_lead(dice, visit, organization, at + dice.seconds(0.01, 0.2))
    lead = placeholder_lead(dice, visit, organization, completed_at)
    return Saved(visit, organization, lead, real, completed_at)


def _plant_unanalyzed(scene: Scene, saved: Saved) -> None:
    submission, at = saved.visit.submission, saved.completed_at
    scene.log.defect("unanalyzed_leads", at, submission, saved.placeholder)


def _plant_second_session(scene: Scene, saved: Saved) -> None:
    submission, at = saved.visit.submission, saved.completed_at
    scene.log.defect("second_session_ids", at, submission, saved.organization)


def _plant_without_lead(scene: Scene, visit: Visit, event: Event, detail: str) -> None:
    at = event.step_completed_at
    scene.log.defect("events_without_lead", at, visit.submission, event, detail)


def _events(walked: list[Recorded]) -> list[Event]:
    return [recorded.event for recorded in walked if recorded.event]


def _of(scene: Scene, event: Event, lead: DemoLead) -> Event:
    return event._replace(id=scene.dice.uuid(), website_lead_id=lead.id)
