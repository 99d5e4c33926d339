"""Words that several parts of the Funnel page say alike."""

from datetime import timedelta

from dashboard.model.windows import length_words


def window_words(window: timedelta | None) -> str:
    """Write a window for people: `the window of 36 h`."""
    return "a window without limit" if window is None else f"the window of {length_words(window)}"
