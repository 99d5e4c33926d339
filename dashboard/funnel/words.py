"""Words that several parts of the Funnel page say alike."""

from datetime import timedelta

from dashboard.funnel.question import shown_window

WINDOW_UNIT_WORDS = {"s": "s", "m": "min", "h": "h", "d": "days"}


def length_words(window: timedelta) -> str:
    """Write how long a window is: `30 days`."""
    shown = shown_window(window)
    return "1 day" if shown == "1d" else f"{shown[:-1]} {WINDOW_UNIT_WORDS[shown[-1]]}"


def window_words(window: timedelta | None) -> str:
    """Write a window for people: `the window of 30 days`."""
    return "a window without limit" if window is None else f"the window of {length_words(window)}"
