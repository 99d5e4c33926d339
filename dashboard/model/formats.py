"""How numbers, shares and times are written for people."""

from datetime import datetime, timedelta

UNKNOWN = "–"


def count(number: int) -> str:
    """Write a count with thousands separated: 1,234."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: `1 lead`, `1,234 leads`."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """Write part of whole in percent; without a denominator the share is unknown, not zero."""
    return percent(part / whole) if whole else UNKNOWN


def percent(value: float) -> str:
    """Write a share (0–1) in percent; rounding never makes it 0 % or 100 %."""
    if 0 < value < 0.001:
        return "< 0.1 %"
    if 0.999 < value < 1:
        return "> 99.9 %"
    decimals = 0 if value in (0, 1) else 1
    return f"{value * 100:.{decimals}f} %"


def duration(length: timedelta) -> str:
    """Write a length of time in its largest fitting unit: 40 s, 12 min, 5 h, 3 days."""
    seconds = abs(length.total_seconds())
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 36 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{count(round(seconds / 86400))} days"


def exact_duration(length: timedelta) -> str:
    """Write a length of time to the tenth of a second: 51.5 s, 5 h 0 min 51.5 s."""
    tenths = round(abs(length.total_seconds()) * 10)
    hours, rest = divmod(tenths, 36000)
    minutes, rest = divmod(rest, 600)
    parts = [f"{count(hours)} h"] if hours else []
    parts += [f"{minutes} min"] if hours or minutes else []
    return " ".join([*parts, f"{rest / 10:.1f} s"])


def age(then: datetime, clock: datetime) -> str:
    """Write how long before the clock a moment was, or that it is in the future."""
    words = duration(clock - then)
    return f"{words} before" if then <= clock else f"{words} ahead"
