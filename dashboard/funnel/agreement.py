"""Numbers that must agree, checked: each figure of the page against another way to it."""

from dataclasses import dataclass

import pandas as pd

from dashboard.funnel.data import COUNTS, Funnel


@dataclass(frozen=True)
class Check:
    """Two numbers that must be the same; `words` say which."""

    words: str
    one: int
    other: int

    @property
    def holds(self) -> bool:
        """Whether they are."""
        return self.one == self.other


def agreement(funnel: Funnel, days: pd.DataFrame, listed: Check | None) -> list[Check]:
    """Compare what the page shows with itself; only what is shown is compared.

    `days` is the trend, whose `first` add up to the first step; `listed` is the open list's own.
    """
    steps = funnel.recorded
    outcomes = steps[["converted", "dropped", "in_progress"]]
    checks = [
        Check(
            "At every step: converted + dropped + on the way = reached",
            int(outcomes.sum().sum()), int(steps["count"].sum()),
        )
    ]  # fmt: skip
    if funnel.breakdown is not None:
        parts = funnel.breakdown.dropna(subset="count")
        checks.append(
            Check(
                "The breakdown’s parts = the whole, over all figures",
                int(parts[COUNTS].sum().sum()), int(steps[COUNTS].sum().sum()),
            )
        )  # fmt: skip
    if len(days) and len(steps):
        required = steps[~steps["optional"].astype(bool)]
        first = int(required["count"].iloc[0]) if len(required) else 0
        checks.append(
            Check("The trend’s periods = the first step", int(days["first"].sum()), first)
        )
    return [*checks, *([listed] if listed else [])]
