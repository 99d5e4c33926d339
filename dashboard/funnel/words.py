"""Words that several parts of the Funnel page say alike."""

from datetime import timedelta

from dashboard.funnel.data import Funnel
from dashboard.funnel.question import shown_window
from dashboard.shared.formats import counted

LENGTHS = {"s": "s", "m": "min", "h": "h", "d": "days"}


def length_words(window: timedelta) -> str:
    """Write how long a window is: `30 days`."""
    shown = shown_window(window)
    return "1 day" if shown == "1d" else f"{shown[:-1]} {LENGTHS[shown[-1]]}"


def window_words(window: timedelta | None) -> str:
    """Write a window for people: `the window of 30 days`."""
    return "a window without limit" if window is None else f"the window of {length_words(window)}"


def outside_chain(funnel: Funnel) -> str:
    """Say how many have the last required step's event without being counted on it, if any."""
    steps = funnel.recorded[~funnel.recorded["optional"].astype(bool)]
    if steps.empty:
        return ""
    last = steps.iloc[-1]
    more = int(last["with_event"]) - int(last["count"])
    if more <= 0:
        return ""
    return (
        f"{counted(more, f'{funnel.unit} has', f'{funnel.unit}s have')} the event of "
        f"“{last['label']}” and {'is' if more == 1 else 'are'} not counted on it: not all steps "
        "before it are there in order, or not in time. Impossible journeys, below, says which."
    )
