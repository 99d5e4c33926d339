"""Silences of a step: stretches without any event while its upstream step continued.

The upstream says how many events to expect: each of its first events is spread over the hours by
which the step usually comes later. Let the 28 days around a stretch have K events of the step and
an expectation of E. Let the stretch have an expectation of e. After one event, the chance that none
of the other K - 1 falls into the stretch is (E / (E + e)) ** (K - 1). So the conversion between the
steps need not be known, and a step with few events proves nothing. Nights and weekends have a small
expectation and prove little. The same formula over the step's own week must also find the stretch
unusual, because conversion differs by the hour. docs/definitions.md states the false-alarm rate.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EventCounts = npt.NDArray[np.int64]
Amounts = npt.NDArray[np.float64]

NEIGHBORHOOD = 28 * 24
WEEK = 7 * 24
# The highest probability of a false alarm in one view of all steps. It holds once for the past,
# divided among all past stretches, and once for the present, divided among the steps.
FALSE_ALARMS = 0.01
USUAL_GAPS = 0.95


@dataclass(frozen=True)
class Stretches:
    """Stretches of whole hours without an event of one step, one entry each.

    `last` and `next` are the hours of the events around it. `expected` is the number of events that
    the upstream lets expect in between, and `chance` the probability of none.
    """

    last: EventCounts
    next: EventCounts
    expected: Amounts
    chance: Amounts


@dataclass(frozen=True)
class Present:
    """The stretch from a step's last event (in hour `last`) to the present.

    `chance` is its probability by the upstream, and `own_chance` by the step's own week; both are 1
    without evidence. 19 of 20 gaps are no longer than `usual_gap` hours. `events` counts the events
    of the 28 days up to the last one.
    """

    last: int
    hours: int
    expected: float
    chance: float
    own_chance: float
    usual_gap: int | None
    events: int


def expectation(upstream: EventCounts, delays: EventCounts) -> Amounts:
    """Spread each hour's upstream events over the hours by which the step usually comes later.

    `delays[n]` counts steps that came n hours after their upstream. Without any, the delay is 0.
    """
    usual = delays / delays.sum() if delays.sum() else np.ones(1)
    return np.asarray(np.convolve(upstream, usual)[: len(upstream)], dtype=np.float64)


def past_stretches(events: EventCounts, expected: Amounts) -> Stretches:
    """Return the stretches between two events of a step, with `expected` scaled to its events.

    The arguments have one entry per whole hour.
    """
    at = np.flatnonzero(events)
    last, following = at[:-1], at[1:]
    apart = following - last > 1
    last, following = last[apart], following[apart]
    if not len(last):
        return Stretches(last, following, np.zeros(0), np.zeros(0))
    first, end = at[0], len(events)
    before, after = np.maximum(last + 1 - NEIGHBORHOOD, first), following + NEIGHBORHOOD
    count, amount = _summed(events), _summed(expected)
    around = [
        total[last + 1] - total[before] + total[np.minimum(after, end)] - total[following]
        for total in (count, amount)
    ]
    # Rounding may leave differences of long sums slightly below zero.
    around[1] = np.maximum(around[1], 0)
    inside = np.maximum(amount[following] - amount[last + 1], 0)
    return Stretches(
        last, following, *_judged(np.rint(around[0]).astype(np.int64), around[1], inside)
    )


def own_chance(events: EventCounts, last: int, following: int) -> float:
    """Return the chance of a stretch between two events, by the step's own weeks around it."""
    at = np.flatnonzero(events)
    before = slice(max(last + 1 - NEIGHBORHOOD, int(at[0])), last + 1)
    after = slice(following, min(following + NEIGHBORHOOD, len(events)))
    usual = _of_the_week(events, before, after)
    inside = usual[np.arange(last + 1, following) % WEEK].sum()
    number = int(events[before].sum() + events[after].sum())
    return float(_judged(np.array([number]), np.array([float(number)]), inside[None])[1][0])


def silent_places(events: EventCounts, found: Stretches, threshold: float) -> list[int]:
    """Return which stretches are silences: unusual by the upstream and by the step's own week.

    Either alone is weaker evidence, because visitors at night or from a campaign may convert less.
    """
    return [
        place
        for place in np.flatnonzero(found.chance <= threshold).tolist()
        if own_chance(events, int(found.last[place]), int(found.next[place])) <= threshold
    ]


def present_stretch(events: EventCounts, expected: Amounts) -> Present | None:
    """Return the stretch from the last event to the present; None for a step without events."""
    at = np.flatnonzero(events)
    if not len(at):
        return None
    last = int(at[-1])
    begin = max(last + 1 - NEIGHBORHOOD, int(at[0]))
    around, inside = slice(begin, last + 1), slice(last + 1, len(events))
    number = int(events[around].sum())
    by_upstream = _judged(
        np.array([number]), expected[around].sum()[None], expected[inside].sum()[None]
    )
    usual = _of_the_week(events, around)
    hour = np.arange(last + 1, len(events)) % WEEK
    by_itself = _judged(np.array([number]), np.array([float(number)]), usual[hour].sum()[None])
    return Present(
        last,
        len(events) - last - 1,
        float(by_upstream[0][0]),
        float(by_upstream[1][0]),
        float(by_itself[1][0]),
        usual_gap(events[around]),
        number,
    )


def past_threshold(stretches: int) -> float:
    """Return the highest chance at which one of this many past stretches is a silence."""
    return FALSE_ALARMS / max(stretches, 1)


def present_threshold(steps: int) -> float:
    """Return the same threshold for the present, in which each step has one stretch."""
    return FALSE_ALARMS / max(steps, 1)


def usual_gap(events: EventCounts) -> int | None:
    """Return the hours that 19 of 20 gaps between events do not exceed; None without any gap."""
    at = np.flatnonzero(events)
    gaps = np.concatenate([np.diff(at), np.zeros(max(int(events.sum()) - len(at), 0), np.int64)])
    return int(np.quantile(gaps, USUAL_GAPS, method="higher")) if len(gaps) else None


def _judged(events: EventCounts, around: Amounts, inside: Amounts) -> tuple[Amounts, Amounts]:
    """Return the events expected inside, and the chance of none of them."""
    known = (events > 1) & (around > 0)
    scale = np.where(known, events / np.where(known, around, 1), 0)
    share = np.where(known, around / np.where(known, around + inside, 1), 1)
    return inside * scale, share ** np.maximum(events - 1, 0)


def _of_the_week(events: EventCounts, *around: slice) -> Amounts:
    """Return the expected events of each hour of the week, by the stretches around.

    An hour of the week outside these stretches gets the average.
    """
    hour = np.concatenate([np.arange(each.start, each.stop) for each in around])
    seen = np.bincount(hour % WEEK, minlength=WEEK)
    counted = np.bincount(hour % WEEK, events[hour].astype(float), minlength=WEEK)
    mean = np.where(seen > 0, counted / np.maximum(seen, 1), counted.sum() / len(hour))
    return np.asarray(mean, dtype=np.float64)


def _summed(values: npt.NDArray[np.generic]) -> Amounts:
    """Return the sums of the first 0, 1, 2, … values."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
