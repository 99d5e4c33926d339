"""The findings of one kind of failure over time, by day or by week."""

from dataclasses import dataclass

import pandas as pd

from dashboard.database.reading import DAY
from dashboard.model.filters import Filters
from dashboard.model.periods import PERIOD_UNITS, Grain, partial_periods

# With more days, the findings are told per week.
MOST_FINDING_DAYS = 60


@dataclass(frozen=True)
class FindingsTrend:
    """The findings of one kind over time.

    `rows` has one row per day or week (`grain`): `day` (its first), `findings`, and `is_partial`
    where only a part of it is counted.
    """

    grain: Grain
    rows: pd.DataFrame

    @property
    def has_hatched(self) -> bool:
        """Whether any finding is of a day or week of which only a part is counted."""
        return bool((self.rows["is_partial"] & (self.rows["findings"] > 0)).any())

    @property
    def whole(self) -> list[int]:
        """The findings of each whole day or week, in order of time."""
        found: list[int] = self.rows.loc[~self.rows["is_partial"], "findings"].tolist()
        return found


def findings_trend(days: pd.DataFrame, filters: Filters) -> FindingsTrend:
    """Return the trend of the findings per day, as Evidence.days() has them; weeks from Monday."""
    grain: Grain = "day" if len(days) <= MOST_FINDING_DAYS else "week"
    begins = days["day"].dt.to_period(PERIOD_UNITS[grain]).dt.start_time.astype(DAY)
    rows = days.assign(day=begins).groupby("day")["findings"].sum().reset_index()
    return FindingsTrend(
        grain, rows.assign(is_partial=partial_periods(rows["day"], grain, filters))
    )
