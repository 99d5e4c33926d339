"""Which events the source has recorded, whatever the tracking plan says."""

from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from dashboard.database.reading import COUNT, TEXT, Reader
from dashboard.model.filters import Filters


def events_per_step(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return one row per step name: `name` (null where there is none), `events`; largest first."""
    return reader.frame("funnel/events_per_step", {"name": TEXT, "events": COUNT}, **filters.binds)


def unrecorded_steps(reader: Reader, filters: Filters, steps: Sequence[str]) -> list[str]:
    """Say of each of these steps that the source never recorded it, with the nearest recorded name.

    Raises DatabaseProblem.
    """
    if not steps:
        return []
    source = Filters(as_of=filters.as_of)
    recorded = [name for name in events_per_step(reader, source)["name"].dropna() if name]
    return [_unrecorded(step, recorded) for step in steps]


def _unrecorded(step: str, recorded: list[str]) -> str:
    near = get_close_matches(step, recorded, n=1, cutoff=0)
    hint = f"; the nearest recorded name is {near[0]!r}" if near else ""
    return f"This source never recorded the step {step!r}{hint}."
