"""Words that several parts of the Funnel page say alike."""

from datetime import timedelta

from dashboard.model.limits import FEW, LISTED_AGES
from dashboard.model.windows import length_words


def window_words(window: timedelta | None) -> str:
    """Write a window for people: `the window of 36 h`."""
    return "a window without limit" if window is None else f"the window of {length_words(window)}"


def needed_words(what: str, unit: str, window: timedelta | None) -> str:
    """Say how many units of which age a rate, or whatever needs the same, needs at least."""
    least = length_words(min(LISTED_AGES[0], window or LISTED_AGES[0]))
    return f"{what} needs at least {FEW} {unit}s that are {least} old, and a tenth of all."
