"""The period's submissions per day, and since when fewer of them have a planned step."""

import pandas as pd

from dashboard.coverage.changes import Change, strongest_change
from dashboard.database.reading import COUNT, DAY, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.matching.data import matching_binds, measure_pairing, websites_of_period
from dashboard.model.filters import Filters

SUBMISSIONS_PER_DAY = {"period": DAY, "submissions": COUNT, "leads": COUNT}


def submissions_per_day(reader: Reader, filters: Filters) -> pd.DataFrame:
    """Return `period` (a local day, null without a time), `submissions` begun, and their `leads`.

    Raises DatabaseProblem.
    """
    return reader.frame(
        "status/submissions_per_period",
        SUBMISSIONS_PER_DAY,
        **matching_binds(measure_pairing(reader, filters), []) | websites_of_period(filters),
        **filters.binds,
        grain="day",
        zone=filters.zone.key,
    )


def fallen_share(
    reader: Reader, filters: Filters, prepared: Prepared, submissions: pd.DataFrame
) -> Change | None:
    """Return since when a smaller share of the submissions has an event of a planned step.

    None where the share did not fall by more than chance allows, by the test for changes in
    coverage. `submissions` are those per day. Raises DatabaseProblem.
    """
    rows = prepared.frame(
        reader,
        "status/units_with_step_per_day",
        {"day": DAY, "units": COUNT},
        zone=filters.zone.key,
    )
    days = submissions.dropna(subset="period")
    with_step = days["period"].map(rows.set_index("day")["units"]).fillna(0)
    change = strongest_change(
        pd.DataFrame(
            {
                "begin": days["period"],
                # A unit may be named by a lead of the next day.
                "part": with_step.clip(upper=days["submissions"]),
                "whole": days["submissions"],
            }
        )
    )
    return change if change is not None and change.is_fall else None
