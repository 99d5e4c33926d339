"""Two shares side by side: the difference, what chance allows, and both in words."""

from dataclasses import dataclass
from math import sqrt

from dashboard.shared.formats import counted, share
from dashboard.shared.statistics import wilson

LEAST = 30


@dataclass(frozen=True)
class Comparison:
    """A share before and after; `change` (−1 to 1) with its 95 % interval, None below LEAST.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 873–890, method 10.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    change: tuple[float, float, float] | None

    @property
    def could_be_chance(self) -> bool | None:
        """Whether no change at all lies within the interval; None where nothing is compared."""
        return None if self.change is None else self.change[1] <= 0 <= self.change[2]

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        if self.change is None:
            fewer = min(self.before[1], self.after[1])
            side = "before" if fewer == self.before[1] else "after"
            return f"too few to compare: {counted(fewer, 'row')} {side}, {LEAST} are needed"
        if self.could_be_chance:
            return "could be chance"
        return "more than chance: it rose" if self.change[0] > 0 else "more than chance: it fell"


def compared(before: int, of_before: int, after: int, of_after: int) -> Comparison:
    """Compare two shares, each as part and whole."""
    enough = min(of_before, of_after) >= LEAST
    change = _difference(before, of_before, after, of_after) if enough else None
    return Comparison((before, of_before), (after, of_after), change)


def shown_side(side: tuple[int, int]) -> str:
    """Write a side as its share of how many."""
    return f"{share(*side)} of {side[1]:,}"


def shown_change(change: tuple[float, float, float] | None) -> str:
    """Write a change and its interval in percentage points."""
    if change is None:
        return "–"
    middle, low, high = (100 * each for each in change)
    return f"{middle:+.1f} points ({low:+.1f} to {high:+.1f})"


def _difference(
    before: int, of_before: int, after: int, of_after: int
) -> tuple[float, float, float] | None:
    first, second = wilson(before, of_before), wilson(after, of_after)
    if not first or not second:
        return None
    p1, p2 = before / of_before, after / of_after
    low = p2 - p1 - sqrt((p2 - second[0]) ** 2 + (first[1] - p1) ** 2)
    high = p2 - p1 + sqrt((second[1] - p2) ** 2 + (p1 - first[0]) ** 2)
    return p2 - p1, max(-1.0, low), min(1.0, high)
