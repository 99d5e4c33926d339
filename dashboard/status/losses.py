"""Lost events over time: steps recorded nowhere, though a later step or a lead proves them."""

import pandas as pd

from dashboard.database.reading import COUNT, DAY, MOMENT, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters

LOST_PER_PERIOD = {
    "period": DAY,
    "units": COUNT,
    "events": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
}


def lost_per_period(
    reader: Reader, filters: Filters, prepared: Prepared, grain: str
) -> pd.DataFrame:
    """Count lost events by the day, week or month in which the submission began.

    One row per `period` (its first local day) with a loss: the `units`, their lost `events`, and
    their `first_at` and `last_at` (UTC). Raises DatabaseProblem.
    """
    return prepared.frame(
        reader, "status/losses_per_period", LOST_PER_PERIOD, grain=grain, zone=filters.zone.key
    )
