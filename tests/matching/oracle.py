"""Matching as docs/definitions.md defines it, in the shortest Python that is obviously right.

Slow on purpose: every lead of a website is compared with every other one.
"""

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

RACING = timedelta(seconds=5)


@dataclass(frozen=True)
class Lead:
    """A row of website_leads, as far as matching and proofs look at it."""

    id: UUID
    created_at: datetime
    session_id: str | None = None
    website_url: str | None = None
    organization_id: UUID | None = None
    analyzed: bool = False
    converted_at: datetime | None = None

    @property
    def order(self) -> tuple[datetime, UUID]:
        """What makes one lead the first of several."""
        return self.created_at, self.id

    @property
    def website(self) -> tuple[str, str]:
        """The host, the organization in its place, or the lead alone."""
        host = re.match(r"(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?([^/?#:]*)", self._url)
        if host and host[1]:
            return "website", host[1]
        if self.organization_id:
            return "organization", str(self.organization_id)
        return "lead", str(self.id)

    @property
    def _url(self) -> str:
        return (self.website_url or "").strip(" ").lower()


@dataclass(frozen=True)
class Rules:
    """The analysis window, the median lag, and how much worse the second-best must be."""

    analysis_window: timedelta
    median_lag: timedelta
    margin: timedelta

    def distance(self, alone: Lead, partner: Lead) -> timedelta | None:
        """How far their lag is from the median lag; None where they are no candidates."""
        lag = alone.created_at - partner.created_at
        return abs(lag - self.median_lag) if -RACING <= lag <= self.analysis_window else None


def by_session(leads: list[Lead]) -> list[list[Lead]]:
    """Rule 1: leads of one session and website, oldest first; one without session is alone."""
    groups: dict[object, list[Lead]] = {}
    for lead in sorted(leads, key=lambda each: each.order):
        groups.setdefault((lead.website, lead.session_id or lead.id), []).append(lead)
    return list(groups.values())


def median_lag(leads: list[Lead], analysis_window: timedelta) -> tuple[int, timedelta, timedelta]:
    """Pairs, median lag and spread of all websites with a single candidate pair."""
    lags: dict[object, list[timedelta]] = {}
    firsts = [group[0] for group in by_session(leads)]
    rules = Rules(analysis_window, timedelta(), timedelta())
    for alone in (lead for lead in firsts if not lead.session_id):
        for partner in (lead for lead in firsts if lead.session_id):
            same = alone.website == partner.website
            if same and rules.distance(alone, partner) is not None:
                lag = alone.created_at - partner.created_at
                lags.setdefault(alone.website, []).append(lag)
    single = [_micros(found[0]) for found in lags.values() if len(found) == 1]
    if not single:
        return 0, timedelta(seconds=45), timedelta()
    middle = round(median(single))
    spread = round(median(abs(each - middle) for each in single))
    return len(single), timedelta(microseconds=middle), timedelta(microseconds=spread)


def submissions(leads: list[Lead], rules: Rules) -> dict[UUID, tuple[UUID, bool]]:
    """Give each lead the id of its submission's first lead, and whether it is ambiguous."""
    groups = {group[0].id: group for group in by_session(leads)}
    matched = dict(groups)
    ambiguous: set[UUID] = set()
    websites: dict[object, list[Lead]] = {}
    for group in groups.values():
        websites.setdefault(group[0].website, []).append(group[0])
    for firsts in websites.values():
        pairs, unclear = _paired(firsts, rules)
        ambiguous |= unclear
        for alone, partner in pairs:
            matched[alone] = matched[partner] = groups[alone] + groups[partner]
    return {
        lead.id: (min(matched[first], key=lambda each: each.order).id, first in ambiguous)
        for first, group in groups.items()
        for lead in group
    }


def _paired(firsts: list[Lead], rules: Rules) -> tuple[list[tuple[UUID, UUID]], set[UUID]]:
    """Rule 2 on one website: pairs (without session, with session), and who is ambiguous."""
    candidates = {lead.id: _candidates(lead, firsts, rules) for lead in firsts}
    best = {each: found[0][1] for each, found in candidates.items() if found}
    has_rival = {
        each
        for each, found in candidates.items()
        if len(found) > 1 and found[1][0] < found[0][0] + rules.margin
    }
    ambiguous = has_rival | {each for each in best if best[each] in has_rival}
    pairs = [
        (lead.id, best[lead.id])
        for lead in firsts
        if not lead.session_id
        and lead.id in best
        and best[best[lead.id]] == lead.id
        and not has_rival & {lead.id, best[lead.id]}
    ]
    in_order = in_order_of_time([lead for lead in firsts if lead.id in ambiguous], rules)
    return pairs + in_order, ambiguous


def _candidates(lead: Lead, firsts: list[Lead], rules: Rules) -> list[tuple[timedelta, UUID]]:
    """List who might belong to a lead, the best first."""
    found = []
    for other in firsts:
        if bool(other.session_id) != bool(lead.session_id):
            alone, partner = (other, lead) if lead.session_id else (lead, other)
            distance = rules.distance(alone, partner)
            if distance is not None:
                found.append((distance, other.id))
    return sorted(found)


def in_order_of_time(leads: list[Lead], rules: Rules) -> list[tuple[UUID, UUID]]:
    """Pair the earliest two, one of each kind, that are candidates of each other.

    The earlier of two that are no candidates reaches nobody who is left: it stays alone.
    """
    in_order = sorted(leads, key=lambda each: each.order)
    alone = deque(lead for lead in in_order if not lead.session_id)
    partners = deque(lead for lead in in_order if lead.session_id)
    pairs = []
    while alone and partners:
        if rules.distance(alone[0], partners[0]) is not None:
            pairs.append((alone.popleft().id, partners.popleft().id))
        elif alone[0].created_at < partners[0].created_at:
            alone.popleft()
        else:
            partners.popleft()
    return pairs


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
