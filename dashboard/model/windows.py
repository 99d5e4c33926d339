"""Lengths of windows as people type and read them."""

from datetime import timedelta

UNLIMITED = "unlimited"
WINDOW_EXAMPLES = "45s, 90m, 36h, 10d, 2w"
UNIT_LENGTHS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
UNIT_WORDS = {"s": "s", "m": "min", "h": "h", "d": "days"}


def shown_window(window: timedelta | None) -> str:
    """Write a window in its largest whole unit, as people type it: `36h`, `unlimited`."""
    if window is None:
        return UNLIMITED
    for name in reversed(UNIT_WORDS):
        if not window % UNIT_LENGTHS[name]:
            return f"{window // UNIT_LENGTHS[name]}{name}"
    return f"{window.total_seconds()}s"


def length_words(window: timedelta) -> str:
    """Write how long a window is: `36 h`, `1 day`."""
    shown = shown_window(window)
    return "1 day" if shown == "1d" else f"{shown[:-1]} {UNIT_WORDS[shown[-1]]}"
