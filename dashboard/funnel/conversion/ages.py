"""The ages that a conversion is told within: which there are, and which enough units have."""

from datetime import timedelta

import pandas as pd

from dashboard.funnel.question import QuestionError
from dashboard.model.limits import LISTED_AGES
from dashboard.model.windows import shown_window


def listed_ages(window: timedelta | None) -> list[timedelta]:
    """Return the ages to choose from, in order: none is longer than the window."""
    if window is None:
        return [*LISTED_AGES]
    return [*(each for each in LISTED_AGES if each < window), window]


def checked_age(within: timedelta, window: timedelta | None) -> timedelta:
    """Return the age if units have so much time; raises QuestionError."""
    if within <= timedelta():
        raise QuestionError("an age must be longer than zero")
    if window is not None and within > window:
        raise QuestionError(
            f"within {shown_window(within)} is longer than the window of {shown_window(window)}"
        )
    return within


def largest_age(*sides: pd.DataFrame) -> timedelta | None:
    """Return the largest age that each side has enough units for; None where none is.

    Each side has one row per age, as estimates() has them.
    """
    return max(shared_ages(*sides), default=None)


def shared_ages(*sides: pd.DataFrame) -> list[timedelta]:
    """Return the ages that each side has enough units for, in order."""
    ages = [{*rows.loc[rows["enough"], "within_s"]} for rows in sides]
    shared = set.intersection(*ages) if ages else set()
    return [timedelta(seconds=each) for each in sorted(shared)]
