"""Confidence intervals of shares, for counts made in the database."""

from math import exp, log, sqrt

# The 97.5 % quantile of the standard normal distribution: 95 % lie between it and its negative.
Z = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Return the 95 % Wilson score interval of part / whole; None where whole is 0.

    Wilson, E. B. (1927), JASA 22, 209–212. It contains part / whole and lies within 0–1.
    """
    if not whole:
        return None
    share, square = part / whole, Z * Z / whole
    middle = (share + square / 2) / (1 + square)
    reach = Z * sqrt(share * (1 - share) / whole + square / (4 * whole)) / (1 + square)
    # Rounding must not move an end past the share, 0 or 1.
    return min(max(0.0, middle - reach), share), max(min(1.0, middle + reach), share)


def difference(
    part: int, whole: int, other_part: int, other_whole: int
) -> tuple[float, float] | None:
    """Return the 95 % interval of part / whole - other_part / other_whole; None where one is 0 / 0.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 873–890, method 10: from Wilson's intervals.
    It contains the difference and lies within -1 and 1.
    """
    first, second = wilson(part, whole), wilson(other_part, other_whole)
    if first is None or second is None:
        return None
    share, other = part / whole, other_part / other_whole
    below = sqrt((share - first[0]) ** 2 + (second[1] - other) ** 2)
    above = sqrt((first[1] - share) ** 2 + (other - second[0]) ** 2)
    return max(-1.0, share - other - below), min(1.0, share - other + above)


def survival_interval(left: float, spread: float) -> tuple[float, float]:
    """Return the 95 % interval of a Kaplan-Meier estimate of the share that has not converted.

    `left` lies between 0 and 1 and is neither. `spread` is the sum of d / (n (n - d)): Greenwood's
    variance divided by left². On the log(-log) scale: Kalbfleisch, J. D. and Prentice, R. L.
    (2002), The Statistical Analysis of Failure Time Data, 2nd edition, section 1.4.
    """
    reach = Z * sqrt(spread) / -log(left)
    return left ** exp(reach), left ** exp(-reach)
