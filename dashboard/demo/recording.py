"""Which of a visitor's steps are recorded, and which losses the tables prove."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from dashboard.demo.journeys import PRICES, journey, step_data
from dashboard.demo.people import Scene
from dashboard.demo.rows import DemoLead, Event
from dashboard.demo.saving import Saved
from dashboard.demo.truth import DefectKind, TrueStep

# During these two days, one step was never recorded, though visitors took later steps.
SILENT_STEP = "previews_viewed"
SILENT_DAYS = (date(2026, 6, 9), date(2026, 6, 10))

# Each step, with the step it can't happen without.
IMPLIES = {
    "analysis_completed": "analysis_started",
    "previews_viewed": "analysis_completed",
    "audience_selected": "previews_viewed",
    "content_generated": "audience_selected",
    "project_saved": "analysis_completed",
    "content_exported": "content_generated",
    "first_payment": "content_generated",
}
STATUS_CHANGE = "status_change"


class Recorded(NamedTuple):
    """A step that a visitor took, and the event that records it, if any."""

    step: str
    happened_at: datetime
    event: Event | None

    def lost(self) -> "Recorded":
        """Return the step without its event."""
        return self._replace(event=None)

    def on(self, lead_id: UUID | None) -> "Recorded":
        """Return the step with its event on another lead, or on none."""
        return self._replace(event=self.event and self.event._replace(website_lead_id=lead_id))

    def at(self, recorded_at: datetime) -> "Recorded":
        """Return the step with its event stamped with another time."""
        event = self.event and self.event._replace(step_completed_at=recorded_at)
        return self._replace(event=event)


Walk = Sequence[Recorded]


def walk(
    scene: Scene, saved: Saved, *, stays: bool = False, may_register: bool = True
) -> list[Recorded]:
    """Draw the visitor's journey, fully recorded on the placeholder lead."""
    moments = journey(
        scene.dice, saved.visit, saved.completed_at, stays=stays, may_register=may_register
    )
    return [_recorded(scene, saved, step, at) for step, at in moments]


def keep(scene: Scene, saved: Saved, walked: Walk) -> None:
    """Write the journey: the true steps, their events, and the losses that these events prove."""
    for recorded in walked:
        _write(scene, saved, recorded)
    _prove_losses(scene, saved, walked)


def follow_up(scene: Scene, saved: Saved) -> None:
    """Let staff change the status of the analyzed lead; these events have no session id."""
    lead, at = saved.analyzed, saved.completed_at
    chances = (("contacted", 0.25), ("qualified", 0.35), ("lost", 0.15))
    for status, chance in chances:
        if lead is None or not scene.dice.chance(chance):
            return
        at += scene.dice.seconds(2 * 3600, 4 * 86_400, bend=2)
        data = f'{{"from": "{lead.status}", "to": "{status}"}}'
        lead = lead._replace(status=status)
        scene.log.write(at, lead, Event(scene.dice.uuid(), lead.id, STATUS_CHANGE, at, None, data))


def is_silent(step: str, at: datetime) -> bool:
    """Tell whether the step was not recorded at this time."""
    return step == SILENT_STEP and at.date() in SILENT_DAYS


def extra_event(scene: Scene, saved: Saved, step: str, at: datetime, lead: DemoLead) -> Event:
    """Make an event of the visitor's session that stands for no step of the journey."""
    data = step_data(scene.dice, saved.visit, step)
    return Event(scene.dice.uuid(), lead.id, step, at, saved.visit.session_id, data)


def _recorded(scene: Scene, saved: Saved, step: str, happened_at: datetime) -> Recorded:
    lead = saved.placeholder
    # The call that makes the lead records the capture first.
    at = max(happened_at, lead.created_at + timedelta(milliseconds=40))
    event = extra_event(scene, saved, step, at, lead)
    if step == "first_payment":
        event = event._replace(conversion_value=scene.dice.weighted(PRICES))
    return Recorded(step, happened_at, None if is_silent(step, at) else event)


def _write(scene: Scene, saved: Saved, recorded: Recorded) -> None:
    step, at, event = recorded
    if event:
        # An event arrives after its step happened, whatever time it is stamped with.
        at = max(at, event.step_completed_at)
        scene.log.write(at, event)
    elif is_silent(step, at):
        scene.log.defect("silent_days", at, saved.visit.submission, saved.placeholder, step)
    truth = TrueStep(
        saved.visit.submission, step, recorded.happened_at, event.id if event else None
    )
    scene.log.write(at, truth)
    if step == "registration":
        _take_over(scene, saved, at)


def _take_over(scene: Scene, saved: Saved, at: datetime) -> None:
    """Make the visitor the owner of the organization; the placeholder lead counts as converted."""
    user = scene.dice.uuid()
    owned = saved.organization._replace(user_id=user, session_id=None, updated_at=at)
    converted = saved.placeholder._replace(
        status="converted", converted_to_user_id=user, converted_at=at
    )
    scene.log.write(at, owned, converted)


def _prove_losses(scene: Scene, saved: Saved, walked: Walk) -> None:
    """Plant each lost step: recorded nowhere, though a recorded step implies it.

    A registration is proven by the lead, too: its visitor counts as converted.
    """
    events = [recorded.event for recorded in walked if recorded.event]
    kept = {event.conversion_step for event in events}
    missing = {each.step: each.happened_at for each in walked if each.step not in kept}
    for step, happened_at in missing.items():
        proofs = [e.step_completed_at for e in events if step in _implied(e.conversion_step)]
        proofs += [happened_at] * (step == "registration")
        if proofs:
            kind: DefectKind = "lost_starts" if step == "analysis_started" else "lost_steps"
            scene.log.defect(kind, min(proofs), saved.visit.submission, saved.placeholder, step)


def _implied(step: str) -> Iterable[str]:
    while step := IMPLIES.get(step, ""):
        yield step
