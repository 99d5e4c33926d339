"""Compares two shares: their difference with its interval, and both in words."""

from dataclasses import dataclass

from dashboard.model.formats import counted, share
from dashboard.model.limits import FEW
from dashboard.model.statistics import difference, plain_share


@dataclass(frozen=True)
class Comparison:
    """A share before and after; `change` (−1 to 1) has its 95 % interval, and is None below FEW."""

    before: tuple[int, int]
    after: tuple[int, int]
    change: tuple[float, float, float] | None

    @property
    def could_be_chance(self) -> bool | None:
        """Whether the interval contains zero; None where nothing is compared."""
        return None if self.change is None else self.change[1] <= 0 <= self.change[2]

    @property
    def words(self) -> str:
        """The verdict in words."""
        if self.change is None:
            fewer = min(self.before[1], self.after[1])
            side = "before" if fewer == self.before[1] else "after"
            return f"too few to compare: {counted(fewer, 'row')} {side}, {FEW} are needed"
        if self.could_be_chance:
            return "could be chance"
        return "more than chance: it rose" if self.change[0] > 0 else "more than chance: it fell"


def compare_shares(before: int, of_before: int, after: int, of_after: int) -> Comparison:
    """Compare two shares, each as part and whole."""
    sides = (before, of_before), (after, of_after)
    then, since = plain_share(before, of_before), plain_share(after, of_after)
    if then is None or since is None or min(of_before, of_after) < FEW:
        return Comparison(*sides, None)
    return Comparison(*sides, (since.share - then.share, *difference(since, then)))


def shown_side(side: tuple[int, int]) -> str:
    """Write a side as a share with its denominator."""
    return f"{share(*side)} of {side[1]:,}"


def shown_change(change: tuple[float, float, float] | None) -> str:
    """Write a change and its interval in percentage points."""
    if change is None:
        return "–"
    middle, low, high = (100 * each for each in change)
    return f"{middle:+.1f} points ({low:+.1f} to {high:+.1f})"
