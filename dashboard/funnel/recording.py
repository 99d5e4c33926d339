"""Which events the source has recorded, whatever the tracking plan says."""

import pandas as pd

from dashboard.database.reading import COUNT, TEXT, Reader
from dashboard.model.filters import Filters


def events_per_step(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return one row per step name: `name` (null where there is none), `events`; largest first."""
    return reader.frame("funnel/events_per_step", {"name": TEXT, "events": COUNT}, **filters.binds)
