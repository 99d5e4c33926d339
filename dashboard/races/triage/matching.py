"""Decides the fate of a submission with an error: harmless, lost or inconclusive.

Only proof by rows counts. A row is missing if the source has later rows than the time in which the
row had to be written, and the row is not among them.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from dashboard.model.limits import ANALYSIS_WINDOW, RACING_SLACK
from dashboard.model.session_ids import made_at
from dashboard.races.triage.log import Whose

Fate = Literal["harmless", "lost", "inconclusive"]
# A line without a time gets its place by its session id: the submission came within a day of it.
AFTER_SESSION = timedelta(days=1)
# Nearly all zones differ by multiples of half an hour, and no two zones by more than this.
ZONES, FURTHEST_ZONE = timedelta(minutes=30), timedelta(hours=14)
# With more leads of one website at the same time, it is unclear which visitor is which.
CROWD = 500
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class StoredLead:
    """A stored lead; `analyzed` where it is no placeholder."""

    at: datetime
    session_id: str | None
    host: str | None
    analyzed: bool


@dataclass(frozen=True)
class RecordedSpan:
    """The times of the source's rows, and of its first recorded start; None where there is none."""

    oldest: datetime | None = None
    newest: datetime | None = None
    first_start: datetime | None = None

    def holds(self, span: Span) -> bool:
        """Tell whether the source must have the rows of this time."""
        return bool(
            self.oldest and self.newest and self.oldest <= span[1] and self.newest >= span[1]
        )


@dataclass
class Stored:
    """The stored rows by website and session; every list is in order of time.

    `steps` are the plan's. Only events of the first two, start and completion, are read.
    """

    coverage: RecordedSpan
    complete: bool = True
    steps: tuple[str, ...] = ()
    by_host: dict[str, list[StoredLead]] = field(default_factory=lambda: defaultdict(list))
    by_session: dict[str, list[StoredLead]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    organizations: dict[str, datetime | None] = field(default_factory=dict)

    def add_of_sessions(self, leads: Iterable[StoredLead]) -> None:
        """Add the leads of the log's sessions, in order of time; they name the websites."""
        for lead in leads:
            if lead.session_id:
                self.by_session[lead.session_id].append(lead)

    def add_of_hosts(self, leads: Iterable[StoredLead]) -> None:
        """Add all leads of the websites, in order of time."""
        for lead in leads:
            if lead.host:
                self.by_host[lead.host].append(lead)

    def sessions_around(self, whose: Iterable[Whose]) -> set[str]:
        """Return the sessions whose events matter: the log's own, and others of these websites."""
        found: set[str] = set()
        for each in whose:
            span = span_of(each)
            if each.session_id:
                found.add(each.session_id)
            if span:
                hosts = _hosts(each, self, span)
                around = (lead for host in hosts for lead in self.around(host, span))
                found.update(lead.session_id for lead in around if lead.session_id)
        return found

    def around(self, host: str, span: Span) -> list[StoredLead]:
        """Return a website's leads of a time, up to one more than CROWD."""
        return _within(self.by_host.get(host, []), span)[: CROWD + 1]


def span_of(whose: Whose) -> Span | None:
    """Return the time in which the submission's rows were written; None where it is unknown."""
    try:
        if whose.at:
            return whose.at - ANALYSIS_WINDOW, whose.at + ANALYSIS_WINDOW
        begun = made_at(whose.session_id)
        return (begun - ANALYSIS_WINDOW, begun + AFTER_SESSION) if begun else None
    except OverflowError:
        return None


def without_time(whose: Mapping[Whose, int]) -> int:
    """Count the errors with neither a time nor a session id that holds one: no row matches them."""
    return sum(times for each, times in whose.items() if span_of(each) is None)


def fate_of(whose: Whose, stored: Stored) -> Fate:
    """Return the fate of the submission that an error belongs to."""
    span = span_of(whose)
    if span is None or not stored.complete or not (whose.session_id or whose.host):
        return "inconclusive"
    hosts = _hosts(whose, stored, span)
    around = [lead for host in hosts for lead in stored.around(host, span)]
    if len(around) > CROWD:
        return "inconclusive"
    if _is_whole(whose, stored, span, hosts, around):
        return "inconclusive" if _is_of_another_step(whose, stored) else "harmless"
    if _is_by_another_clock(whose, stored):
        return "inconclusive"
    if stored.coverage.holds(span) and _is_missing(whose, stored, span, hosts, around):
        return "lost"
    return "inconclusive"


def _is_of_another_step(whose: Whose, stored: Stored) -> bool:
    """Tell whether the failed write may be an event of another step, which is not read."""
    read = whose.names & {*stored.steps[:2]}
    return bool(whose.names & {*stored.steps[2:]}) or (whose.tracks and not read)


def _is_by_another_clock(whose: Whose, stored: Stored) -> bool:
    """Tell whether the session's rows differ by as much time as another zone's clock would."""
    if whose.at is None or whose.session_id is None:
        return False
    starts = stored.starts.get(whose.session_id, [])
    leads = [lead.at for lead in stored.by_session.get(whose.session_id, [])]
    return any(_is_zone_offset(at - whose.at) for at in (*starts, *leads))


def _is_zone_offset(distance: timedelta) -> bool:
    offset = ZONES * round(distance / ZONES)
    near = abs(distance - offset) <= ANALYSIS_WINDOW
    return near and timedelta(0) < abs(offset) <= FURTHEST_ZONE


def _hosts(whose: Whose, stored: Stored, span: Span) -> list[str]:
    if whose.host:
        return [whose.host]
    leads = _within(stored.by_session.get(whose.session_id or "", []), span)
    return sorted({lead.host for lead in leads[:CROWD] if lead.host})


def _within(leads: list[StoredLead], span: Span) -> list[StoredLead]:
    first = bisect_left(leads, span[0], key=lambda lead: lead.at)
    return leads[first : bisect_right(leads, span[1], key=lambda lead: lead.at)]


def _is_whole(
    whose: Whose, stored: Stored, span: Span, hosts: list[str], around: list[StoredLead]
) -> bool:
    """Tell whether start, completion, organization and analyzed lead are there for this visitor."""
    sessions = {lead.session_id for lead in around if lead.session_id}
    own = whose.session_id or (next(iter(sessions)) if len(sessions) == 1 else None)
    if len(hosts) != 1 or own is None:
        return False
    begun, ended = _first(stored.starts, own, span), _first(stored.ends, own, span)
    analyzed = sum(lead.analyzed for lead in around)
    return (
        begun is not None
        and ended is not None
        and (whose.session_id is not None or _is_during(whose.at, begun, ended))
        and analyzed >= len(sessions | {own})
        and _has_organization(stored, hosts[0], span)
    )


def _is_during(at: datetime | None, begun: datetime, ended: datetime) -> bool:
    return at is not None and begun - RACING_SLACK <= at <= ended + RACING_SLACK


def _is_missing(
    whose: Whose, stored: Stored, span: Span, hosts: list[str], around: list[StoredLead]
) -> bool:
    """Tell whether the session's start, the organization or the analyzed lead is missing."""
    first = stored.coverage.first_start
    if (
        whose.session_id
        and first
        and first <= span[1]
        and _first(stored.starts, whose.session_id, span) is None
    ):
        return True
    return len(hosts) == 1 and (
        not any(lead.analyzed for lead in around) or not _has_organization(stored, hosts[0], span)
    )


def _has_organization(stored: Stored, host: str, span: Span) -> bool:
    if host not in stored.organizations:
        return False
    first_at = stored.organizations[host]
    return first_at is None or first_at <= span[1]


def _first(times: dict[str, list[datetime]], session_id: str, span: Span) -> datetime | None:
    found = times.get(session_id, [])
    at = bisect_left(found, span[0])
    return found[at] if at < len(found) and found[at] <= span[1] else None
