"""Confidence intervals and tests of shares, for counts made in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

import numpy as np

# The 97.5 % quantile of the standard normal distribution: 95 % lie between it and its negative.
Z = 1.959963984540054
# Its 99.5 % quantile: 99 % lie between it and its negative.
NINETY_NINE = 2.5758293035489004
# The largest exponent whose power a float can hold.
LARGEST = 700.0
# Probabilities of counts that differ by less, relative to each other, are equal but for rounding.
ROUNDING = 1e-7


Interval = tuple[float, float]


@dataclass(frozen=True)
class Proportion:
    """A share of `units` (1 or more), from 0 to 1.

    `spread` is None for a plain share. For an estimated one it is the sum of d / (n (n - d)):
    Greenwood's variance divided by (1 - share)².
    """

    share: float
    units: int
    spread: float | None = None

    def interval(self, z: float = Z) -> Interval:
        """Return the confidence interval, of 95 % unless told: it contains the share.

        At a share of 0 or 1 Greenwood's has no width: Wilson's is given, of the units.
        """
        if self.spread is None or self.share in (0, 1):
            return _wilson(self.share, self.units, z)
        least_left, most_left = _survival_interval(1 - self.share, self.spread, z)
        return 1 - most_left, 1 - least_left


def plain_share(part: int, whole: int) -> Proportion | None:
    """Return the share of counted units; None where whole is 0."""
    return Proportion(part / whole, whole) if whole else None


def wilson(part: int, whole: int) -> Interval | None:
    """Return the 95 % Wilson score interval of part / whole; None where whole is 0."""
    share = plain_share(part, whole)
    return share.interval() if share else None


def difference(one: Proportion, other: Proportion, z: float = Z) -> Interval:
    """Return the interval of one share minus the other, of 95 % unless told.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 873–890, method 10: from both intervals.
    It contains the difference and lies within -1 and 1.
    """
    (low, high), (other_low, other_high) = one.interval(z), other.interval(z)
    by = one.share - other.share
    below = sqrt((one.share - low) ** 2 + (other_high - other.share) ** 2)
    above = sqrt((high - one.share) ** 2 + (other.share - other_low) ** 2)
    return max(-1.0, by - below), min(1.0, by + above)


def chance(one: Proportion, other: Proportion) -> float:
    """Return how probable a difference this large is where there is none: a p-value, 0–1.

    It is 1 minus the confidence of the widest interval of the difference that leaves out zero. So
    it is below 0.05 exactly where the 95 % interval does.
    """
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        below, above = difference(one, other, middle)
        low, high = (low, middle) if below <= 0 <= above else (middle, high)
    return erfc(low / sqrt(2))


def fisher(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """Return the two-sided p-value of Fisher's exact test that two shares are one, 0–1.

    Fisher, R. A. (1935), Journal of the Royal Statistical Society 98, 39–82. With both wholes (1 or
    more) and the sum of the parts given, it is the probability of all parts at most as probable as
    this one. It is 0 where a float can't hold it.
    """
    both, parts = whole + other_whole, part + other_part
    expected = whole * parts / both
    deviation = sqrt(expected * (1 - whole / both) * (1 - parts / both))
    # Farther from the expected part than this no probability reaches 1e-300.
    reach = 200 + 40 * deviation
    least = int(max(0, parts - other_whole, expected - reach))
    most = int(min(whole, parts, expected + reach))
    if not least <= part <= most:
        return 0.0
    before = np.arange(least, most, dtype=float)
    steps = np.log((whole - before) * (parts - before))
    steps -= np.log((before + 1) * (other_whole - parts + before + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    return float(chances[logs <= logs[part - least] + ROUNDING].sum() / chances.sum())


def false_discovery_rates(chances: Sequence[float]) -> list[float]:
    """Return the q-value of each p-value: those of at most q are found at the rate q.

    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57, 289–300.
    """
    rates = [1.0] * len(chances)
    least = 1.0
    for rank, at in sorted(
        enumerate(sorted(range(len(chances)), key=chances.__getitem__), 1), reverse=True
    ):
        least = min(least, chances[at] * len(chances) / rank)
        rates[at] = least
    return rates


def _wilson(share: float, units: int, z: float) -> Interval:
    """Return the Wilson score interval. Wilson, E. B. (1927), JASA 22, 209–212."""
    square = z * z / units
    middle = (share + square / 2) / (1 + square)
    reach = z * sqrt(share * (1 - share) / units + square / (4 * units)) / (1 + square)
    # Rounding must not move an end past the share, 0 or 1.
    return min(max(0.0, middle - reach), share), max(min(1.0, middle + reach), share)


def _survival_interval(left: float, spread: float, z: float) -> Interval:
    """Return the interval of the share that has not converted; `left` is neither 0 nor 1.

    On the log(-log) scale: Kalbfleisch, J. D. and Prentice, R. L. (2002), The Statistical Analysis
    of Failure Time Data, 2nd edition, section 1.4.
    """
    reach = z * sqrt(spread) / -log(left)
    return left ** exp(min(reach, LARGEST)), left ** exp(-reach)
