"""One share compared in two periods, and many of them judged together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, TEXT
from dashboard.funnel.conversion.ages import largest_age
from dashboard.funnel.conversion.data import is_tracked, proportion_of
from dashboard.model.limits import FEW, MOST_FALSE
from dashboard.model.statistics import Proportion, chance, difference, false_discovery_rates

HIGHER, LOWER, CHANCE = "higher", "lower", "could be chance"
TOO_FEW_TO_COMPARE = f"too few to compare (n < {FEW})"
TOO_YOUNG, UNTRACKED = "too few are old enough", "fewer than half have the event of the step before"
FIGURE_DTYPES = {
    "within_s": SHARE,
    "rate": SHARE,
    "other_rate": SHARE,
    "n": COUNT,
    "other_n": COUNT,
    "difference": SHARE,
    "low": SHARE,
    "high": SHARE,
}
JUDGED_DTYPES = {**FIGURE_DTYPES, "p": SHARE, "q": SHARE, "differs": "boolean", "verdict": TEXT}


@dataclass(frozen=True)
class Compared:
    """One share in this period, `here`, and in the other one, `there`, within the same age.

    `n` and `other_n` units could convert; None: unknown. Where no comparison is made, the shares
    and the age are None and `reason` says why.
    """

    n: int | None
    other_n: int | None
    within: timedelta | None = None
    here: Proportion | None = None
    there: Proportion | None = None
    reason: str = ""

    @property
    def figures(self) -> dict[str, float | None]:
        """The columns of FIGURE_DTYPES. `difference` is `rate` minus `other_rate`.

        `low` to `high` is its 95 % interval: Newcombe's combination of both sides' intervals.
        """
        numbers = {"n": self.n, "other_n": self.other_n}
        if self.here is None or self.there is None or self.within is None:
            return {**dict.fromkeys(FIGURE_DTYPES), **numbers}
        low, high = difference(self.here, self.there)
        return {
            "within_s": self.within.total_seconds(),
            "rate": self.here.share,
            "other_rate": self.there.share,
            **numbers,
            "difference": self.here.share - self.there.share,
            "low": low,
            "high": high,
        }

    @property
    def differs(self) -> bool | None:
        """Whether the 95 % interval leaves out 0; None where no comparison is made."""
        if self.here is None or self.there is None:
            return None
        low, high = difference(self.here, self.there)
        return not low <= 0 <= high

    @property
    def verdict(self) -> str:
        """What is said of it by itself: which period is higher, or why no comparison is made."""
        return self.said(self.differs)

    @property
    def probability(self) -> float | None:
        """The chance of a difference this large where there is none."""
        return None if self.here is None or self.there is None else chance(self.here, self.there)

    def said(self, differs: bool | None) -> str:
        """Write a verdict for a person."""
        if self.here is None or self.there is None:
            return self.reason
        if not differs:
            return CHANCE
        return HIGHER if self.here.share > self.there.share else LOWER


def compared(here: pd.DataFrame, there: pd.DataFrame) -> Compared:
    """Compare a stretch within the largest age that both sides have enough units for.

    Each side has one row per age, as estimates() has them; none: no unit was on the step before.
    """
    n, other_n = (int(rows["entered"].max()) if len(rows) else 0 for rows in (here, there))
    if min(n, other_n) < FEW:
        return Compared(n, other_n, reason=TOO_FEW_TO_COMPARE)
    if not all(
        is_tracked(rows["with_event"].max(), rows["entered"].max()) for rows in (here, there)
    ):
        return Compared(n, other_n, reason=UNTRACKED)
    if (age := largest_age(here, there)) is None:
        return Compared(n, other_n, reason=TOO_YOUNG)
    one, other = (
        proportion_of(rows[rows["within_s"] == age.total_seconds()].to_dict("records")[0])
        for rows in (here, there)
    )
    return Compared(n, other_n, age, one, other)


def judged(rows: Sequence[Compared]) -> pd.DataFrame:
    """Judge comparisons together: one row each, with the columns of JUDGED_DTYPES.

    `p` is Compared.probability. `q` is the least rate of false discoveries at which the row is
    found to differ, by Benjamini and Hochberg; it `differs` up to 5 %. All three are null where
    no comparison is made.
    """
    chances = {at: p for at, row in enumerate(rows) if (p := row.probability) is not None}
    rates = dict(zip(chances, false_discovery_rates([*chances.values()]), strict=True))
    found = {at: rate <= MOST_FALSE for at, rate in rates.items()}
    laid_out = [
        {
            **row.figures,
            "p": chances.get(at),
            "q": rates.get(at),
            "differs": found.get(at),
            "verdict": row.said(found.get(at)),
        }
        for at, row in enumerate(rows)
    ]
    return pd.DataFrame(laid_out, columns=[*JUDGED_DTYPES]).astype(JUDGED_DTYPES)
