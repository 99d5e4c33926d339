"""The history after the report, made day by day; each day has its own seed.

The day on which a submission begins decides all its later rows. So a day's rows never depend on
which other days were made. A history can therefore be cut and continued.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from dashboard.demo import cases, encounters
from dashboard.demo.businesses import Business, newcomer
from dashboard.demo.dice import Dice, Weighted
from dashboard.demo.log import Write, WriteLog
from dashboard.demo.people import Scene, Visit, visit
from dashboard.demo.rhythm import HISTORY_START, moments
from dashboard.demo.rows import DemoLead, Event, Organization, Rows
from dashboard.demo.truth import Defect, Submission, SubmissionLead, TrueStep

# The longest time from the day of a submission to the arrival of its last row.
REACH = timedelta(days=30)
WEBSITES_A_DAY = 256
Case = Callable[[Scene, Visit], object]

# How many of a hundred submissions each case gets. Some cases need a journey of a certain length;
# without one, the submission stays regular.
CASES: Weighted[Case] = Weighted(
    {
        cases.regular: 83.9,
        cases.start_lost: 1.2,
        cases.step_lost: 1.4,
        cases.analysis_refused: 1.2,
        cases.capture_lost: 0.7,
        cases.nameless: 0.6,
        cases.tracked_twice: 0.5,
        cases.split: 0.9,
        cases.detached: 0.7,
        cases.stray: 0.3,
        cases.reversed_order: 0.6,
        cases.unknown_step: 0.6,
        cases.leadless: 0.4,
        cases.both_paths_at_once: 0.4,
        cases.second_session: 2.0,
        cases.odd_session_id: 0.4,
        cases.hostile_text: 0.6,
        encounters.second_website: 1.0,
        encounters.second_analysis: 0.6,
        encounters.overwritten: 0.8,
        encounters.recreated: 0.4,
        encounters.owned_beside: 0.4,
        encounters.crowd: 0.4,
    }
)


@dataclass(frozen=True)
class DayRows:
    """The rows that one day's submissions write, on that day and later."""

    day: date
    writes: tuple[Write, ...]


@dataclass(frozen=True)
class History(Rows):
    """The rows that arrived in a span of time, and the truth planted in it.

    `changed_*` rows arrived earlier; they are here in their latest state.
    """

    changed_organizations: tuple[Organization, ...]
    changed_leads: tuple[DemoLead, ...]
    submissions: tuple[Submission, ...]
    submission_leads: tuple[SubmissionLead, ...]
    steps: tuple[TrueStep, ...]
    defects: tuple[Defect, ...]


class Identified(Protocol):
    """A row with an id."""

    @property
    def id(self) -> UUID: ...


Kept = TypeVar("Kept")
Row = TypeVar("Row", bound=Identified)


def history_day(day: date, cases: Weighted[Case] = CASES) -> DayRows:
    """Make the submissions that begin on this day; the same day is always the same."""
    dice = Dice(f"history of {day}")
    scene = Scene(dice, WriteLog(), _websites(dice, day))
    for moment in moments(dice, day):
        dice.weighted(cases)(scene, visit(dice, next(scene.websites), moment))
    return DayRows(day, tuple(scene.log.writes))


def history(
    first: date,
    last: date,
    until: datetime,
    since: datetime = HISTORY_START,
    cases: Weighted[Case] = CASES,
) -> History:
    """Return the rows that submissions begun from `first` to `last` wrote in [since, until)."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    writes = [write for day in days for write in history_day(day, cases).writes if write.at < until]
    writes.sort(key=lambda write: write.at)
    organizations, changed_organizations = _newest(_of(Organization, writes), since)
    leads, changed_leads = _newest(_of(DemoLead, writes), since)
    arrived = [write for write in writes if write.at >= since]
    return History(
        organizations,
        leads,
        tuple(row for _, row in _of(Event, arrived)),
        changed_organizations,
        changed_leads,
        tuple(row for _, row in _of(Submission, arrived)),
        tuple(row for _, row in _of(SubmissionLead, arrived)),
        tuple(row for _, row in _of(TrueStep, arrived)),
        tuple(row for _, row in _of(Defect, arrived)),
    )


def _websites(dice: Dice, day: date) -> Iterator[Business]:
    number = (day - HISTORY_START.date()).days * WEBSITES_A_DAY
    return (newcomer(dice, number + n) for n in range(WEBSITES_A_DAY))


def _of(kind: type[Kept], writes: Iterable[Write]) -> list[tuple[datetime, Kept]]:
    return [(at, row) for at, row in writes if isinstance(row, kind)]


def _newest(
    writes: Iterable[tuple[datetime, Row]], since: datetime
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Split rows into new ones and older ones that changed, each in its latest state."""
    earlier: set[UUID] = set()
    newest: dict[UUID, Row] = {}
    for at, row in writes:
        if at < since:
            earlier.add(row.id)
        else:
            newest[row.id] = row
    new = tuple(row for row in newest.values() if row.id not in earlier)
    return new, tuple(row for row in newest.values() if row.id in earlier)
