"""Confidence intervals of shares, for counts made in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

# The 97.5 % quantile of the standard normal distribution: 95 % lie between it and its negative.
Z = 1.959963984540054
# Its 99.5 % quantile: 99 % lie between it and its negative.
NINETY_NINE = 2.5758293035489004
# The largest exponent whose power a float can hold.
LARGEST = 700.0


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
