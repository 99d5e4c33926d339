"""The definitions of docs/definitions.md in the shortest Python that is obviously right.

Slow on purpose: every event of the first step is tried, and every later event for every step.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

EARLY = timedelta(seconds=2)
RACING = timedelta(seconds=5)
History = list[tuple[str, datetime]]


@dataclass(frozen=True)
class Chain:
    """The chosen times of steps 1 to k, in order of steps."""

    times: tuple[datetime, ...]


def longest_chain(history: History, steps: list[str], window: timedelta | None) -> Chain:
    """Choose the longest, then the earliest chain of one unit's events."""
    chains = all_chains(history, steps, window)
    return min(chains, key=lambda chain: (-len(chain.times), chain.times), default=Chain(()))


def all_chains(history: History, steps: list[str], window: timedelta | None) -> list[Chain]:
    """List every chain that the definition allows, short ones too."""
    chains: list[Chain] = []
    open_ones: list[tuple[datetime, ...]] = [()]
    for step in steps:
        times = sorted({at for name, at in history if name == step})
        open_ones = [
            (*before, at) for before in open_ones for at in times if may_follow(before, at, window)
        ]
        chains += [Chain(times) for times in open_ones]
    return chains


def may_follow(before: tuple[datetime, ...], at: datetime, window: timedelta | None) -> bool:
    """At most 2 s before the latest so far, and within the window from the first."""
    if not before:
        return True
    in_window = window is None or at <= before[0] + window
    return in_window and at >= max(before) - EARLY


# --- merging leads into submissions ---


@dataclass(frozen=True)
class Lead:
    """A row of website_leads, as far as merging looks at it."""

    id: UUID
    created_at: datetime
    session_id: str | None = None
    website_url: str | None = None
    organization_id: UUID | None = None

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
    """The analysis window, the usual lag, and how much worse the second-best must be."""

    near: timedelta
    usual: timedelta
    margin: timedelta

    def distance(self, alone: Lead, partner: Lead) -> timedelta | None:
        """How far their lag is from the usual one; None where they are no candidates."""
        lag = alone.created_at - partner.created_at
        return abs(lag - self.usual) if -RACING <= lag <= self.near else None


def by_session(leads: list[Lead]) -> list[list[Lead]]:
    """Rule 1: leads of one session and website, oldest first; one without session is alone."""
    groups: dict[object, list[Lead]] = {}
    for lead in sorted(leads, key=lambda each: each.order):
        groups.setdefault((lead.website, lead.session_id or lead.id), []).append(lead)
    return list(groups.values())


def usual_lag(leads: list[Lead], near: timedelta) -> tuple[int, timedelta, timedelta]:
    """Pairs, usual lag and spread of all websites with a single candidate pair."""
    lags: dict[object, list[timedelta]] = {}
    firsts = [group[0] for group in by_session(leads)]
    rules = Rules(near, timedelta(), timedelta())
    for alone in (lead for lead in firsts if not lead.session_id):
        for partner in (lead for lead in firsts if lead.session_id):
            same = alone.website == partner.website
            if same and rules.distance(alone, partner) is not None:
                lag = alone.created_at - partner.created_at
                lags.setdefault(alone.website, []).append(lag)
    single = [_micros(found[0]) for found in lags.values() if len(found) == 1]
    if not single:
        return 0, timedelta(seconds=45), timedelta()
    usual = round(median(single))
    spread = round(median(abs(each - usual) for each in single))
    return len(single), timedelta(microseconds=usual), timedelta(microseconds=spread)


def submissions(leads: list[Lead], rules: Rules) -> dict[UUID, tuple[UUID, bool]]:
    """Give each lead the id of its submission's first lead, and whether it is ambiguous."""
    groups = {group[0].id: group for group in by_session(leads)}
    merged = dict(groups)
    crowded: set[UUID] = set()
    websites: dict[object, list[Lead]] = {}
    for group in groups.values():
        websites.setdefault(group[0].website, []).append(group[0])
    for firsts in websites.values():
        pairs, in_crowd = _paired(firsts, rules)
        crowded |= in_crowd
        for alone, partner in pairs:
            merged[alone] = merged[partner] = groups[alone] + groups[partner]
    return {
        lead.id: (min(merged[first], key=lambda each: each.order).id, first in crowded)
        for first, group in groups.items()
        for lead in group
    }


def _paired(firsts: list[Lead], rules: Rules) -> tuple[list[tuple[UUID, UUID]], set[UUID]]:
    """Rule 2 on one website: pairs (without session, with session), and who is in a crowd."""
    candidates = {lead.id: _candidates(lead, firsts, rules) for lead in firsts}
    best = {each: found[0][1] for each, found in candidates.items() if found}
    torn = {
        each
        for each, found in candidates.items()
        if len(found) > 1 and found[1][0] < found[0][0] + rules.margin
    }
    crowded = torn | {each for each in best if best[each] in torn}
    pairs = [
        (lead.id, best[lead.id])
        for lead in firsts
        if not lead.session_id
        and lead.id in best
        and best[best[lead.id]] == lead.id
        and not torn & {lead.id, best[lead.id]}
    ]
    for crowd in _crowds([lead for lead in firsts if lead.id in crowded], rules):
        pairs += _in_order_of_time(crowd, rules)
    return pairs, crowded


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


def _crowds(crowded: list[Lead], rules: Rules) -> list[list[Lead]]:
    """Cut a website's crowds where nobody before can belong to anybody after."""
    crowds: list[list[Lead]] = []
    for lead in sorted(crowded, key=lambda each: (_place(each, rules), each.id)):
        apart = rules.near + RACING
        if not crowds or _place(lead, rules) - _place(crowds[-1][-1], rules) > apart:
            crowds.append([])
        crowds[-1].append(lead)
    return crowds


def _place(lead: Lead, rules: Rules) -> datetime:
    """When a lead without session is expected, or is there."""
    return lead.created_at + rules.usual if lead.session_id else lead.created_at


def _in_order_of_time(crowd: list[Lead], rules: Rules) -> list[tuple[UUID, UUID]]:
    """Each of those who are fewer gets the next of the others that is not too early for it."""
    alone = [lead for lead in crowd if not lead.session_id]
    partners = [lead for lead in crowd if lead.session_id]
    fewer, others = (partners, alone) if len(partners) < len(alone) else (alone, partners)
    pairs, position = [], 0
    for lead in fewer:
        while position < len(others) and _too_early(lead, others[position], rules):
            position += 1
        if position < len(others):
            pair = (lead, others[position])
            without, with_session = sorted(pair, key=lambda each: bool(each.session_id))
            if rules.distance(without, with_session) is not None:
                pairs.append((without.id, with_session.id))
        position += 1
    return pairs


def _too_early(lead: Lead, other: Lead, rules: Rules) -> bool:
    if lead.session_id:
        return other.created_at < lead.created_at - RACING
    return other.created_at < lead.created_at - rules.near


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


# --- counting a funnel ---


@dataclass(frozen=True)
class Event:
    """A row of conversion_tracking."""

    step: str
    at: datetime
    lead_id: UUID | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class Asked:
    """A funnel's question, with the implications of the plan: step → all steps it implies."""

    reading: str
    unit: str
    required: list[str]
    optional: dict[str, int]
    window: timedelta | None
    clock: datetime
    implies: dict[str, list[str]]
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Whole:
    """One unit: when its first lead was created, and its events."""

    begun_at: datetime
    history: History


COUNTS = ("count", "converted", "dropped", "in_progress", "over", "with_event", "lost_at_least",
          "reversed", "behind_a_loss")  # fmt: skip


def funnel(
    leads: list[Lead], events: list[Event], rules: Rules, asked: Asked
) -> dict[str, dict[str, int]]:
    """Count every step by following each unit of the range by itself."""
    counts = {name: dict.fromkeys(COUNTS, 0) for name in [*asked.required, *asked.optional]}
    for unit in in_range(leads, events, rules, asked):
        for name, found in follow(unit, asked).items():
            for each in found:
                counts[name][each] += 1
    return counts


def times_to_convert(
    leads: list[Lead], events: list[Event], rules: Rules, asked: Asked
) -> dict[str, list[float]]:
    """Seconds that each unit took to each step from the one before; "" is the whole way."""
    found: dict[str, list[float]] = {}
    for unit in in_range(leads, events, rules, asked):
        times, implied = chain_of(unit, asked)
        known = [None if n in implied else at for n, at in zip(asked.required, times, strict=False)]
        ways = [*zip(asked.required[1:], known, known[1:], strict=False)]
        if len(known) == len(asked.required) > 1:
            ways.append(("", known[0], known[-1]))
        for name, begin, end in ways:
            if begin and end:
                found.setdefault(name, []).append(max((end - begin).total_seconds(), 0))
    return found


def in_range(
    leads: list[Lead], events: list[Event], rules: Rules, asked: Asked
) -> list[Whole]:  # fmt: skip
    """The units that began in the period."""
    return [
        unit
        for unit in units(leads, events, rules, asked)
        if (asked.start is None or unit.begun_at >= asked.start)
        and (asked.end is None or unit.begun_at < asked.end)
    ]


def units(leads: list[Lead], events: list[Event], rules: Rules, asked: Asked) -> list[Whole]:
    """Put leads together as the reading and the unit say, with their events."""
    merged = submissions(leads, rules)
    if asked.reading == "recorded":
        merged = {lead.id: (lead.id, False) for lead in leads}
    owner = {lead.id: _owner(lead, leads, merged, asked.unit) for lead in leads}
    of_session: dict[str, set[UUID]] = {}
    for lead in leads:
        if lead.session_id:
            of_session.setdefault(lead.session_id, set()).add(merged[lead.id][0])
    found: dict[object, list[tuple[str, datetime]]] = {}
    for event in events:
        unit: object = None
        if event.lead_id:
            unit = owner.get(event.lead_id)
        elif asked.reading != "recorded" and len(of_session.get(event.session_id or "", ())) == 1:
            unit = owner[min(of_session[event.session_id or ""])]
        if unit is not None:
            found.setdefault(unit, []).append((event.step, event.at))
    begun = {
        unit: min(lead.created_at for lead in leads if owner[lead.id] == unit)
        for unit in set(owner.values())
    }
    return [Whole(begun[unit], history) for unit, history in found.items()]


def _owner(
    lead: Lead, leads: list[Lead], merged: dict[UUID, tuple[UUID, bool]], unit: str
) -> object:
    """The submission, or the first session or organization that its leads have."""
    own = merged[lead.id][0]
    if unit == "submission":
        return own
    together = sorted((x for x in leads if merged[x.id][0] == own), key=lambda each: each.order)
    keys = [x.session_id if unit == "visitor" else x.organization_id for x in together]
    return next((key for key in keys if key), None)


@dataclass(frozen=True)
class Seen:
    """What a unit's events say of each step: its first time, its proof, and how the two differ."""

    first: dict[str, datetime | None]
    proofs: dict[str, datetime | None]
    lost: set[str]
    late: set[str]


def seen(unit: Whole, asked: Asked) -> Seen:
    """Compare each step's events with their proofs."""
    proofs = {name: _proof(name, unit, asked) for name in [*asked.required, *asked.optional]}
    first = {name: min((at for step, at in unit.history if step == name), default=None)
             for name in proofs}  # fmt: skip
    lost = {name for name in proofs if proofs[name] and not first[name]}
    late = {name for name, at in proofs.items()
            if at and (known := first[name]) and known > at + EARLY}  # fmt: skip
    return Seen(first, proofs, lost, late)


def repaired(unit: Whole, asked: Asked) -> History:
    """A unit's events, with the steps that only a proof shows where the reading puts them in."""
    told = seen(unit, asked)
    if asked.reading != "repaired":
        return list(unit.history)
    put_in = told.lost | told.late
    return [*unit.history, *((n, at) for n, at in told.proofs.items() if at and n in put_in)]


def chain_of(unit: Whole, asked: Asked) -> tuple[tuple[datetime, ...], set[str]]:
    """The unit's chain, and the steps that are in it by their proof alone."""
    history = repaired(unit, asked)
    times = longest_chain(history, asked.required, asked.window).times
    in_it = zip(asked.required, times, strict=False)
    return times, {pair[0] for pair in in_it if pair not in unit.history}


def follow(unit: Whole, asked: Asked) -> dict[str, list[str]]:
    """Say of every step how the unit counts in it."""
    told = seen(unit, asked)
    first, lost, late = told.first, told.lost, told.late
    history = repaired(unit, asked)
    times, _ = chain_of(unit, asked)
    over = bool(times and asked.window is not None and times[0] + asked.window < asked.clock)
    stopped_by = asked.required[len(times)] if len(times) < len(asked.required) else None
    result: dict[str, list[str]] = {}
    for number, name in enumerate(asked.required, 1):
        result[name] = _marks(name, first, lost, late)
        if len(times) >= number:
            further = len(times) > number or number == len(asked.required)
            result[name] += _progress(further, over)
        elif number > len(times) + 1 and stopped_by in lost and first[name]:
            result[name].append("behind_a_loss")
    for name, place in asked.optional.items():
        result[name] = _marks(name, first, lost, late)
        if any(_fits(at, place, times, asked.window) for step, at in history if step == name):
            further = len(times) > place or place == len(asked.required)
            result[name] += _progress(further, over)
    return result


def _proof(name: str, unit: Whole, asked: Asked) -> datetime | None:
    """When the earliest event stands for a step it implies."""
    proving = [at for step, at in unit.history if name in asked.implies.get(step, [])]
    return min(proving, default=None)


def _marks(
    name: str, first: dict[str, datetime | None], lost: set[str], late: set[str]
) -> list[str]:
    marks = {"with_event": bool(first[name]), "lost_at_least": name in lost,
             "reversed": name in late}  # fmt: skip
    return [mark for mark, holds in marks.items() if holds]


def _progress(further: bool, over: bool) -> list[str]:
    stands = "converted" if further else "dropped" if over else "in_progress"
    return ["count", stands, *(["over"] if over else [])]


def _fits(at: datetime, place: int, times: tuple[datetime, ...], window: timedelta | None) -> bool:
    """An optional step fits between the step at its place and the one after it."""
    if not 0 < place <= len(times):
        return False
    before_next = len(times) == place or times[place] >= at - EARLY
    return (
        before_next
        and at >= max(times[:place]) - EARLY
        and (window is None or at <= times[0] + window)
    )
