"""Histories without any silence, made up at random: whatever is found in them is a false alarm."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.coverage.changes import strongest_change
from dashboard.coverage.silences import (
    Stretches,
    expectation,
    own_chance,
    past_stretches,
    past_threshold,
    present_stretch,
    present_threshold,
)

DAYS = 120
HOURS = DAYS * 24
Times = npt.NDArray[np.float64]

# step: upstream, share at the beginning and at the end, hours it takes at most, first day
STEPS = {
    "started": ("", 0.5, 0.5, 0.1, 0),
    "completed": ("started", 0.96, 0.94, 0.1, 0),
    "viewed": ("completed", 0.74, 0.82, 0.2, 0),
    "selected": ("viewed", 0.78, 0.55, 0.5, 0),
    "generated": ("selected", 0.7, 0.78, 1, 0),
    "saved": ("completed", 0.2, 0.25, 4, 0),
    "exported": ("generated", 0.35, 0.45, 12, 0),
    "registered": ("", 0.02, 0.03, 72, 40),
    "paid": ("registered", 0.2, 0.3, 480, 40),
}


@dataclass(frozen=True)
class Judged:
    """What a look at one history would find: chances times looks, the smallest of all steps.

    A silence is found where it is at most the false-alarm rate. `fell`: the share of leads with a
    step is found to fall.
    """

    past: float
    present: float
    fell: bool

    @property
    def refutes(self) -> bool:
        """Whether the verdict names an outage or a fall."""
        return self.present <= 1 or self.fell


@dataclass(frozen=True)
class History:
    """The hours of each step ('': of the leads), and of the leads that took any step."""

    times: dict[str, Times]
    with_step: Times


def history(dice: np.random.Generator, a_day: float) -> History:
    """Draw leads by hour and weekday, and of each its steps; times in hours."""
    hour = np.arange(HOURS)
    by_day = 0.3 + 0.7 * (hour // 24 % 7 < 5)
    by_hour = 0.1 + np.sin(np.pi * (hour % 24) / 24) ** 2
    rate = by_day * by_hour * a_day / 24 / 0.48
    leads = np.repeat(hour, dice.poisson(rate)) + 0.0
    found: dict[str, Times] = {"": leads + dice.random(len(leads))}
    any_step = np.zeros(len(leads), dtype=bool)
    for step, (upstream, first, last, slowest, day) in STEPS.items():
        before = found[upstream]
        takes = dice.random(len(before)) < first + (last - first) * before / HOURS
        if not upstream:
            any_step |= takes & (before >= day * 24)
        taken = before[takes]
        at = taken + slowest * dice.random(len(taken)) ** 3
        found[step] = at[at >= day * 24]
    return History(found, found[""][any_step])


def hourly(at: Times, clock: int) -> npt.NDArray[np.int64]:
    """Count times per hour up to the clock."""
    return np.bincount(at[at < clock].astype(np.int64), minlength=clock)


def judged(drawn: History, clock: int) -> Judged:
    """Judge every step of a history as the Coverage page does, and its days as the verdict does."""
    found = drawn.times
    past: list[npt.NDArray[np.float64]] = []
    present: list[float] = []
    for step, (upstream, *_, slowest, _day) in STEPS.items():
        events, before = hourly(found[step], clock), hourly(found[upstream], clock)
        # From the upstream's hour, wherever in it it was, to the step's.
        within = (np.arange(100)[:, None] + 0.5) / 100
        usual = within + slowest * ((np.arange(500) + 0.5) / 500) ** 3
        expected = expectation(before, np.bincount(usual.astype(np.int64).ravel()))
        past.append(_both(events, past_stretches(events, expected)))
        if last := present_stretch(events, expected):
            # A first step is called silent by its own week, whatever its upstream does.
            present.append(max(last.chance, last.own_chance) if upstream else last.own_chance)
    chances = np.concatenate(past)
    return Judged(
        float(chances.min(initial=1) / past_threshold(len(chances))),
        min(present, default=1) / present_threshold(len(STEPS)),
        _fell(drawn, clock),
    )


def _fell(drawn: History, clock: int) -> bool:
    """Look for a fall in the share of leads with a step, over whole days up to the clock.

    The days stand in random order, so that a step that begins late is no rise.
    """
    days = clock // 24
    parts, wholes = (
        np.bincount((at[at < days * 24] // 24).astype(np.int64), minlength=days)
        for at in (drawn.with_step, drawn.times[""])
    )
    order = np.random.default_rng(clock).permutation(days)
    begins = pd.date_range("2026-01-01", periods=days)
    change = strongest_change(
        pd.DataFrame({"begin": begins, "part": parts[order], "whole": wholes[order]})
    )
    return change is not None and change.is_fall


def _both(events: npt.NDArray[np.int64], found: Stretches) -> npt.NDArray[np.float64]:
    """Return the larger of both chances, where the one by the upstream is small at all."""
    chances = found.chance.copy()
    for place in np.flatnonzero(chances < 0.001):
        own = own_chance(events, int(found.last[place]), int(found.next[place]))
        chances[place] = max(chances[place], own)
    return chances


def looks(number: int, a_day: float, seed: int) -> list[Judged]:
    """Judge so many histories, each at a moment of its last half."""
    dice = np.random.default_rng(seed)
    return [
        judged(history(dice, a_day), int(dice.integers(HOURS // 2, HOURS))) for _ in range(number)
    ]
