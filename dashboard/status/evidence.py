"""Everything that refutes “everything was saved”: losses, outages, and a fall that nobody planned.

A dead tracker leaves no inconsistent row. Lost data alone is not enough: leads that arrive while
planned steps are missing refute the claim, too, and so does a fallen share of submissions with a
planned step.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from dashboard.coverage.changes import Change
from dashboard.coverage.outages import Outage, described
from dashboard.database.errors import OWN_FAULTS, DatabaseProblem
from dashboard.funnel.losses.data import Losses
from dashboard.model.filters import Filters
from dashboard.model.formats import count, counted, percent
from dashboard.model.times import day_start
from dashboard.model.tracking_plan import TrackingPlan

SAME_FALL = timedelta(days=2)


@dataclass(frozen=True)
class Reason:
    """One finding: a clause with its count and since when, and the page that shows its rows."""

    sentence: str
    page: str
    is_loss: bool = False


@dataclass(frozen=True)
class SavingEvidence:
    """What refutes the claim, the strongest first, and why something could not be looked at."""

    reasons: tuple[Reason, ...]
    unread: tuple[str, ...]


def gathered(
    apart: Callable[[], AbstractContextManager[None]],
    asked: Sequence[Callable[[], Iterator[Reason]]],
) -> SavingEvidence:
    """Look at all evidence; a part that can't be read is named, and the others are looked at."""
    reasons: list[Reason] = []
    unread: list[str] = []
    for ask in asked:
        try:
            with apart():
                reasons += ask()
        except DatabaseProblem as problem:
            if problem.kind not in OWN_FAULTS:
                raise
            unread.append(f"{problem.what}. {problem.next_step}")
    return SavingEvidence(tuple(reasons), tuple(dict.fromkeys(unread)))


def of_losses(lost: Losses, filters: Filters) -> Iterator[Reason]:
    """Count the submissions that lost data, and those of them without any lead."""
    if not lost.total:
        return
    words = f"at least {counted(lost.total, 'submission')} lost data"
    if lost.first_at and lost.last_at:
        first, last = filters.shown(lost.first_at), filters.shown(lost.last_at)
        words += f" at {first}" if first == last else f" between {first} and {last}"
    leadless = lost.number("without_lead")
    if leadless and lost.total > 1:
        words += f", {count(leadless)} of them with an organization and no lead"
    yield Reason(words, "races", is_loss=True)


def of_outages(found: Sequence[Outage], plan: TrackingPlan, filters: Filters) -> Iterator[Reason]:
    """Describe each outage."""
    for outage in found:
        yield Reason(described(outage, plan, filters), "coverage")


def of_fall(fall: Change | None, found: Sequence[Outage], filters: Filters) -> Iterator[Reason]:
    """Describe the fall, unless an outage explains it."""
    if fall is None or any(_explains(each, fall, filters) for each in found):
        return
    (part, whole), (part_before, whole_before) = fall.after, fall.before
    yield Reason(
        f"{count(whole - part)} of {counted(whole, 'submission')} since {fall.day} have no "
        f"recorded step ({percent(1 - part_before / whole_before)} before)",
        "funnel",
    )


def _explains(outage: Outage, fall: Change, filters: Filters) -> bool:
    return outage.since is None or outage.since < day_start(fall.day, filters.zone) + SAME_FALL
