"""Which steps the source ever recorded: a step that it never did can't be missing from a row."""

from collections.abc import Sequence

from dashboard.database.reading import TEXT, Reader
from dashboard.model.filters import Filters


def recorded_steps(reader: Reader, filters: Filters, names: Sequence[str]) -> frozenset[str]:
    """Return which of these steps the source ever recorded, up to the as-of time.

    Raises DatabaseProblem.
    """
    found = reader.frame(
        "funnel/first_recorded", {"step": TEXT}, steps=[*names], until=None, as_of=filters.as_of
    )
    return frozenset(found["step"])
