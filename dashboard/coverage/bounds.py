"""The worst and best case of the conversion rate, given submissions without any session id."""

from dataclasses import dataclass

import pandas as pd

from dashboard.database.reading import Reader
from dashboard.funnel import data as funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import TrackingPlan


@dataclass(frozen=True)
class Bounds:
    """The counts behind both cases: `converted` of `entered` submissions, and `unfollowed` ones.

    All submissions began in the period. No id connects the rows of the unfollowed ones.
    converted ≤ entered.
    """

    first: str
    last: str
    entered: int
    converted: int
    unfollowed: int

    @property
    def rate(self) -> float | None:
        """The funnel's conversion rate; None where no submission entered."""
        return self.converted / self.entered if self.entered else None

    @property
    def worst(self) -> float | None:
        """The rate if all unfollowed submissions entered and none of them converted."""
        return self.converted / self._all if self._all else None

    @property
    def best(self) -> float | None:
        """The rate if all unfollowed submissions entered and converted."""
        return (self.converted + self.unfollowed) / self._all if self._all else None

    @property
    def _all(self) -> int:
        return self.entered + self.unfollowed


def bounds(reader: Reader, filters: Filters, plan: TrackingPlan, unfollowed: int) -> Bounds | None:
    """Return the bounds for this many unfollowed submissions; None below two recorded steps.

    Raises DatabaseProblem.
    """
    steps = funnel.ask(reader, filters, plan, FunnelQuestion()).required
    if len(steps) < 2:
        return None
    first, last = steps.iloc[0], steps.iloc[-1]
    return Bounds(
        first["label"], last["label"], int(first["count"]), int(last["count"]), unfollowed
    )


def unfollowed(submissions: pd.DataFrame) -> int:
    """Count submissions without session id on any lead or event and without a visitor's step.

    `submissions` is a frame of `continuity.counts`.
    """
    silent = ~submissions["lead"].isin(["same"]) & submissions["event"].isin(["none", "absent"])
    return int(submissions.loc[silent & ~submissions["has_step"], "submissions"].sum())
