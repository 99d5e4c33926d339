"""Words that several parts of the Funnel page say alike."""

from datetime import timedelta

from dashboard.funnel.question import UNLIMITED, shown_window

LENGTHS = {"s": "s", "m": "min", "h": "h", "d": "days"}


def window_words(window: timedelta | None) -> str:
    """Write a window for people: `the window of 30 days`."""
    shown = shown_window(window)
    if shown == UNLIMITED:
        return "a window without limit"
    number, unit = shown[:-1], shown[-1]
    return f"the window of {'1 day' if shown == '1d' else f'{number} {LENGTHS[unit]}'}"
