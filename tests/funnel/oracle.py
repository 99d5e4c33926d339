"""Chains and funnels as docs/definitions.md defines them, in the shortest obviously right Python.

Slow on purpose: every event of the first step is tried, and every later event for every step.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.funnel.proofs_oracle import Event, Proof, lead_proofs
from tests.matching.oracle import Lead, Rules, submissions

EARLY = timedelta(seconds=2)
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


# --- counting a funnel ---


@dataclass(frozen=True)
class Asked:
    """A funnel's question, with the implications of the plan: step → all steps it implies.

    `later` are the steps that the source recorded only after the end of what is looked at.
    """

    correction: str
    unit: str
    required: list[str]
    optional: dict[str, int]
    window: timedelta | None
    clock: datetime
    implies: dict[str, list[str]]
    start: datetime | None
    end: datetime | None
    later: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Whole:
    """One unit: its first lead and when that was created, its events, and what its leads prove."""

    id: UUID
    begun_at: datetime
    history: History
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Journey:
    """How a unit went: its chain, whose window may be over, and what is known of each step.

    `implied` steps are in the chain by their proof, optional ones that `fit` lie within it; `late`
    is what is called out of order elsewhere, and `by_lead` what is known from a lead only.
    """

    unit: Whole
    times: tuple[datetime, ...]
    over: bool
    has: set[str]
    lost: set[str]
    late: set[str]
    by_lead: set[str]
    implied: set[str]
    fits: set[str]


COUNTS = (
    "count",
    "converted",
    "dropped_off",
    "in_progress",
    "closed",
    "with_event",
    "lost_at_least",
    "out_of_order",
    "by_lead",
    "blocked",
)


def funnel(journeys: list[Journey], asked: Asked) -> dict[str, dict[str, int]]:
    """Count every step by asking each unit of the range how it counts there."""
    counts = {name: dict.fromkeys(COUNTS, 0) for name in [*asked.required, *asked.optional]}
    counts |= {name: {"with_event": 0} for name in asked.later}
    for journey in journeys:
        for name, found in counts.items():
            for each in marks(journey, name, asked):
                found[each] += 1
    return counts


def journeys(leads: list[Lead], events: list[Event], rules: Rules, asked: Asked) -> list[Journey]:
    """Follow each unit of the range by itself."""
    return [
        follow(unit, asked)
        for unit in units(leads, events, rules, asked)
        if (asked.start is None or unit.begun_at >= asked.start)
        and (asked.end is None or unit.begun_at < asked.end)
    ]


def units(leads: list[Lead], events: list[Event], rules: Rules, asked: Asked) -> list[Whole]:
    """Put leads together as the correction and the unit say, with their events."""
    matched = submissions(leads, rules)
    if asked.correction == "raw":
        matched = {lead.id: (lead.id, False) for lead in leads}
    owner = {lead.id: _owner(lead, leads, matched, asked.unit) for lead in leads}
    of_session: dict[str, set[UUID]] = {}
    for lead in leads:
        if lead.session_id:
            of_session.setdefault(lead.session_id, set()).add(matched[lead.id][0])
    found: dict[object, History] = {}
    for event in events:
        unit: object = None
        if event.lead_id in owner:
            unit = owner[event.lead_id]
        elif asked.correction != "raw" and len(of_session.get(event.session_id or "", ())) == 1:
            unit = owner[min(of_session[event.session_id or ""])]
        if unit is not None:
            found.setdefault(unit, []).append((event.step, event.at))
    proofs: dict[object, list[Proof]] = {}
    for lead in leads if asked.correction != "raw" else []:
        for proof in lead_proofs(lead, leads, events, matched, rules):
            if owner[lead.id] is not None:
                proofs.setdefault(owner[lead.id], []).append(proof)
    firsts: dict[object, Lead] = {}
    for lead in sorted(leads, key=lambda each: each.order, reverse=True):
        firsts[owner[lead.id]] = lead
    return [
        Whole(
            firsts[unit].id,
            firsts[unit].created_at,
            found.get(unit, []),
            tuple(proofs.get(unit, [])),
        )
        for unit in {**found, **proofs}
    ]


def _owner(
    lead: Lead, leads: list[Lead], matched: dict[UUID, tuple[UUID, bool]], unit: str
) -> object:
    """The submission, or the first session or organization that its leads have."""
    own = matched[lead.id][0]
    if unit == "submission":
        return own
    together = sorted((x for x in leads if matched[x.id][0] == own), key=lambda each: each.order)
    keys = [x.session_id if unit == "visitor" else x.organization_id for x in together]
    return next((key for key in keys if key), None)


def follow(unit: Whole, asked: Asked) -> Journey:
    """Find the unit's chain, with the steps that proofs put in in corrected."""
    names = [*asked.required, *asked.optional]
    first = {
        name: min(at for step, at in unit.history if step == name)
        for name in [*names, *asked.later]
        if any(step == name for step, _ in unit.history)
    }
    proofs = {
        name: min(each.at for each in found)
        for name in names
        if asked.correction != "raw" and (found := _proofs(name, unit, asked, name in first))
    }
    missing = {name for name in proofs if name not in first}
    lost = {
        name for name in missing if any(each.is_loss for each in _proofs(name, unit, asked, False))
    }
    late = {name for name, at in proofs.items() if name in first and first[name] > at + EARLY}
    put_in = {name: proofs[name] for name in missing | late if asked.correction == "corrected"}
    history = [*unit.history, *put_in.items()]
    times = longest_chain(history, asked.required, asked.window).times
    chain = dict(zip(asked.required, times, strict=False))
    return Journey(
        unit,
        times,
        bool(times and asked.window is not None and times[0] + asked.window < asked.clock),
        {*first},
        lost,
        late,
        missing - lost,
        # Where a step was put in, none is recorded until 2 s later: its time tells which it is.
        {name for name, at in put_in.items() if chain.get(name) == at},
        {
            name
            for name, place in asked.optional.items()
            if any(_fits(at, place, times, asked.window) for step, at in history if step == name)
        },
    )


def _proofs(name: str, unit: Whole, asked: Asked, is_recorded: bool) -> list[Proof]:
    """All that stands for a step: later events, and leads."""
    by_events = [
        Proof(name, at, only_missing=False, is_loss=True)
        for step, at in unit.history
        if name in asked.implies.get(step, [])
    ]
    by_leads = [
        each
        for each in unit.proofs
        if each.step == name and not (is_recorded and each.only_missing)
    ]
    return by_events + by_leads


def marks(journey: Journey, name: str, asked: Asked) -> list[str]:
    """Say of one step how the unit counts in it."""
    if name in asked.later:
        return ["with_event"] if name in journey.has else []
    reach, last = len(journey.times), len(asked.required)
    if name in asked.optional:
        place = asked.optional[name]
        reached, further = name in journey.fits, reach > place or place == last
        behind = False
    else:
        number = asked.required.index(name) + 1
        reached, further = number <= reach, number < reach or number == last
        behind = (
            number > reach + 1 and name in journey.has and asked.required[reach] in journey.lost
        )
    holds = {
        "count": reached,
        "converted": reached and further,
        "dropped_off": reached and not further and journey.over,
        "in_progress": reached and not further and not journey.over,
        "closed": reached and journey.over,
        "with_event": name in journey.has,
        "lost_at_least": name in journey.lost,
        "out_of_order": name in journey.late,
        "by_lead": name in journey.by_lead,
        "blocked": behind,
    }
    return [each for each in COUNTS if holds[each]]


def _fits(at: datetime, place: int, times: tuple[datetime, ...], window: timedelta | None) -> bool:
    """An optional step comes after the required step before it, even after later ones.

    Before the first step it may be at most one window early.
    """
    if not times or place > len(times):
        return False
    if window is not None and at > times[0] + window:
        return False
    if place == 0:
        return window is None or at >= times[0] - window
    return at >= max(times[:place]) - EARLY


# --- times and periods ---


def spans(journeys: list[Journey], required: list[str]) -> dict[str, list[float]]:
    """List the seconds from each step's predecessor to it, and of the whole funnel under ""."""
    found: dict[str, list[float]] = {}
    for journey in journeys:
        chain = [*zip(required, journey.times, strict=False)]
        ways = [(*pair, pair[1][0]) for pair in pairwise(chain)]
        if len(chain) == len(required) > 1:
            ways.append((chain[0], chain[-1], ""))
        for (begun, begun_at), (ended, ended_at), name in ways:
            if not {begun, ended} & journey.implied:
                seconds = (ended_at - begun_at).total_seconds()
                found.setdefault(name, []).append(max(seconds, 0))
    return found


def percentile(values: list[float], share: float) -> float:
    """Interpolate between the two values around a share of all."""
    place = share * (len(values) - 1)
    below, above = sorted(values)[int(place)], sorted(values)[-int(-place // 1)]
    return below + (above - below) * (place % 1)


@dataclass(frozen=True)
class Life:
    """One unit on its way from one step to another: how long it was seen, and its age there.

    `seen` is None where its window is over: it was seen for good. `age` is None where it did not
    arrive.
    """

    seen: timedelta | None
    age: timedelta | None

    def is_old(self, age: timedelta) -> bool:
        return self.seen is None or self.seen >= age


def cohorts(
    journeys: list[Journey], asked: Asked, grain: str, zone: ZoneInfo, steps: tuple[int, int]
) -> dict[date, list[Life]]:
    """List the units on a step per local period, on their way to a later one (numbers from 1)."""
    begin, end = steps
    found: dict[date, list[Life]] = {}
    for journey in journeys:
        if len(journey.times) >= begin:
            local = journey.unit.begun_at.replace(tzinfo=UTC).astimezone(zone).date()
            found.setdefault(_period(local, grain), []).append(_life(journey, asked, begin, end))
    return found


def _life(journey: Journey, asked: Asked, begin: int, end: int) -> Life:
    entered = journey.times[begin - 1]
    arrived = len(journey.times) >= end
    return Life(
        None if journey.over else asked.clock - entered,
        max(journey.times[end - 1] - entered, timedelta()) if arrived else None,
    )


def share_within(lives: list[Life], age: timedelta) -> float:
    """Return the Kaplan-Meier estimate, by its definition: one factor per age of a conversion."""
    left = Fraction(1)
    for at in sorted({life.age for life in lives if life.age is not None and life.age <= age}):
        risk = sum(_at_risk_until(life) >= at for life in lives)
        left *= 1 - Fraction(sum(life.age == at for life in lives), risk)
    return float(1 - left)


def _at_risk_until(life: Life) -> timedelta:
    if life.age is not None:
        return life.age
    return timedelta.max if life.seen is None else max(life.seen, timedelta())


def _period(day: date, grain: str) -> date:
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday() if grain == "week" else 0)
