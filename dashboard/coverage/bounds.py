"""The worst and best case of the conversion rate, given submissions without any session id."""

from dataclasses import dataclass

import pandas as pd

from dashboard.database.reading import Reader
from dashboard.funnel.conversion.data import Conversion, conversion
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import TrackingPlan


@dataclass(frozen=True)
class Bounds:
    """The funnel's `conversion` from `first` to `last`, and the `unfollowed` submissions.

    All submissions began in the period. No id connects the rows of the unfollowed ones. `first` and
    `last` are labels. Without a conversion, as conversion() explains, neither case is known.
    """

    first: str
    last: str
    conversion: Conversion | None
    unfollowed: int

    @property
    def worst(self) -> float | None:
        """The rate if all unfollowed submissions entered and none of them converted."""
        return self._rate(0)

    @property
    def best(self) -> float | None:
        """The rate if all unfollowed submissions entered and converted."""
        return self._rate(self.unfollowed)

    def as_json(self) -> dict[str, object]:
        """Return the part `bounds` of the `continuity` answer."""
        return {
            "unfollowed": self.unfollowed,
            "of": self.conversion and self.conversion.entered + self.unfollowed,
            "worst": self.worst,
            "best": self.best,
            "conversion": self.conversion and self.conversion.as_json(),
        }

    def _rate(self, more: int) -> float | None:
        """Return the rate of all, where `more` of the unfollowed submissions converted."""
        if self.conversion is None:
            return None
        entered = self.conversion.entered
        return (self.conversion.rate * entered + more) / (entered + self.unfollowed)


def bounds(reader: Reader, filters: Filters, plan: TrackingPlan, unfollowed: int) -> Bounds | None:
    """Return the bounds for this many unfollowed submissions; None below two recorded steps.

    Raises DatabaseProblem.
    """
    prepared = prepare_funnel(reader, filters, plan, FunnelQuestion())
    steps = prepared.required
    if len(steps) < 2:
        return None
    rate = conversion(reader, filters, prepared)
    return Bounds(plan.label(steps[0]), plan.label(steps[-1]), rate, unfollowed)


def unfollowed(submissions: pd.DataFrame) -> int:
    """Count submissions without session id on any lead or event and without a visitor's step.

    `submissions` is a frame of `continuity.counts`.
    """
    silent = ~submissions["lead"].isin(["same"]) & submissions["event"].isin(["none", "absent"])
    return int(submissions.loc[silent & ~submissions["has_step"], "submissions"].sum())
