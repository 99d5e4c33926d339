"""What leads prove, as docs/definitions.md defines it, in the shortest obviously right Python."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, ANALYSIS_STARTED, REGISTRATION
from tests.matching.oracle import Lead, Rules


@dataclass(frozen=True)
class Event:
    """A row of conversion_tracking."""

    step: str
    at: datetime
    lead_id: UUID | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class Proof:
    """A step that a lead proves; where `only_missing`, only if no event of it is recorded."""

    step: str
    at: datetime
    only_missing: bool
    is_loss: bool


def lead_proofs(
    lead: Lead,
    leads: list[Lead],
    events: list[Event],
    matched: dict[UUID, tuple[UUID, bool]],
    rules: Rules,
) -> list[Proof]:
    """What a lead proves: analyzed a start and a completion, converted a registration.

    Leads from before the source's first start, and conversions from before its first registration,
    prove nothing.
    """
    found = []
    if lead.analyzed and lead.created_at >= _first(ANALYSIS_STARTED, events):
        sure = not matched[lead.id][1] and not _is_second(lead, leads, events, matched, rules)
        found.append(Proof(ANALYSIS_STARTED, lead.created_at, only_missing=False, is_loss=sure))
        found.append(Proof(ANALYSIS_COMPLETED, lead.created_at, only_missing=True, is_loss=False))
    if lead.converted_at and lead.converted_at >= _first(REGISTRATION, events):
        found.append(Proof(REGISTRATION, lead.converted_at, only_missing=False, is_loss=True))
    return found


def _first(step: str, events: list[Event]) -> datetime:
    return min((event.at for event in events if event.step == step), default=datetime.max)


def _is_second(
    lead: Lead,
    leads: list[Lead],
    events: list[Event],
    matched: dict[UUID, tuple[UUID, bool]],
    rules: Rules,
) -> bool:
    """Whether a start of its website shortly before it may be that of an unmatched lead."""
    together: dict[UUID, list[Lead]] = {}
    for each in leads:
        if each.website == lead.website:
            together.setdefault(matched[each.id][0], []).append(each)
    if any(each.session_id for each in together[matched[lead.id][0]]):
        return False
    spare: list[datetime] = []
    for own in together.values():
        ids, sessions = {each.id for each in own}, {each.session_id for each in own}
        starts = sorted(
            event.at
            for event in events
            if event.step == ANALYSIS_STARTED
            and (
                event.lead_id in ids
                if event.lead_id in matched
                else event.session_id and event.session_id in sessions
            )
        )
        spare += starts[any(each.analyzed for each in own) :]
    return any(lead.created_at - rules.analysis_window <= at <= lead.created_at for at in spare)
