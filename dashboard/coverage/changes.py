"""Finds and dates a change in coverage: a scan over all splits with a permutation test.

The scan tries every split of the days into earlier and later ones. Its statistic is the square of
the pooled two-proportion z. Random orders of the same days show how large its maximum gets by
chance. So the test allows for days that vary more than binomial counts would. A slow drift is a
change, too, dated at its strongest split. Dependent days make false alarms more frequent than
stated.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.model.limits import FEW

Numbers = NDArray[np.float64]
SHUFFLES = 999
# A change is reported where at most this share of shuffled histories shows one as strong.
LEVEL = 0.01
# The status report's verdict names a fall at this level. Silent steps are wrong in at most 0.2 % of
# looks, so that both together stay below 1 %.
FALL_LEVEL = 0.005
SEED = 20260126
CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Change:
    """The strongest split: `day` is the first later day; both sides are (part, whole).

    `chance` is the share of random orders whose strongest split is as strong.
    """

    day: date
    before: tuple[int, int]
    after: tuple[int, int]
    chance: float

    @property
    def found(self) -> bool:
        """Whether the change is stronger than chance explains."""
        return self.chance <= LEVEL

    @property
    def is_fall(self) -> bool:
        """Whether the share fell, by the stricter level of a verdict."""
        return self.chance <= FALL_LEVEL and _rate(self.after) < _rate(self.before)


def strongest_change(
    days: pd.DataFrame, shuffles: int = SHUFFLES, seed: int = SEED
) -> Change | None:
    """Return the strongest change of a share over days; None where no split is possible.

    `days` has `begin`, `part` and `whole`, one row per day in order. Each side holds at least FEW
    of the whole. The same days give the same answer.
    """
    kept = days[days["whole"] > 0]
    parts, wholes = (kept[name].to_numpy(dtype=float) for name in ("part", "whole"))
    strengths = split_strengths(parts, wholes)
    if not strengths.size or not strengths.max() > 0:
        return None
    split = int(strengths.argmax()) + 1
    chance = _chance(parts, wholes, float(strengths.max()), shuffles, seed)
    return Change(
        kept["begin"].iloc[split].date(),
        (int(parts[:split].sum()), int(wholes[:split].sum())),
        (int(parts[split:].sum()), int(wholes[split:].sum())),
        chance,
    )


def _rate(counts: tuple[int, int]) -> float:
    part, whole = counts
    return part / whole


def split_strengths(parts: Numbers, wholes: Numbers) -> Numbers:
    """Return z² of every split along the last axis; 0 where a side holds fewer than FEW."""
    of_all, all_parts = wholes.sum(axis=-1, keepdims=True), parts.sum(axis=-1, keepdims=True)
    before, part = wholes.cumsum(axis=-1)[..., :-1], parts.cumsum(axis=-1)[..., :-1]
    after = of_all - before
    enough = (before >= FEW) & (after >= FEW)
    spread = all_parts * (of_all - all_parts) * before * after
    # The formula is z² of two shares with a pooled variance, multiplied out.
    possible = enough & (spread > 0)
    raised = of_all * (part * of_all - all_parts * before) ** 2
    strengths: Numbers = np.divide(raised, spread, out=np.zeros_like(before), where=possible)
    return strengths


def _chance(parts: Numbers, wholes: Numbers, strength: float, shuffles: int, seed: int) -> float:
    """Return the share of orders whose strongest split is as strong, the real order included."""
    random = np.random.default_rng(seed)
    as_strong, left = 0, shuffles
    while left:
        number = min(left, max(1, CELLS_AT_ONCE // len(parts)))
        order: Any = random.permuted(np.tile(np.arange(len(parts)), (number, 1)), axis=1)
        strongest = split_strengths(parts[order], wholes[order]).max(axis=1)
        as_strong += int((strongest >= strength * (1 - 1e-12)).sum())
        left -= number
    return (1 + as_strong) / (1 + shuffles)
