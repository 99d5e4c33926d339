"""Consistency checks: figures of the page that must equal each other."""

from dataclasses import dataclass

import pandas as pd

from dashboard.funnel.data import STEP_COUNTS, Funnel


@dataclass(frozen=True)
class Check:
    """Two numbers that must be the same; `words` say which."""

    words: str
    one: int
    other: int

    @property
    def holds(self) -> bool:
        """Whether the two are the same."""
        return self.one == self.other

    def as_json(self) -> dict[str, object]:
        """Return a row of the part `checks` of the `funnel` answer."""
        return {**vars(self), "holds": self.holds}


def consistency(funnel: Funnel, *more: Check | None) -> list[Check]:
    """Compare what the page shows with itself; only what is shown is compared.

    `more` are the checks that other parts of the page made of what they show.
    """
    steps = funnel.recorded
    outcomes = steps[["converted", "dropped_off", "in_progress"]]
    checks = [
        Check(
            "At every step: converted + dropped off + in progress = reached",
            *_both(outcomes.sum(axis=1).to_frame(), steps[["count"]]),
        )
    ]
    if funnel.breakdown is not None:
        parts = funnel.breakdown.dropna(subset="count").groupby("step")[STEP_COUNTS].sum()
        whole = steps.set_index("step")[STEP_COUNTS]
        checks.append(
            Check(
                "The breakdown’s parts = the whole, over all figures",
                *_both(parts.reindex(whole.index), whole),
            )
        )
    return [*checks, *(each for each in more if each)]


def _both(ones: pd.DataFrame, others: pd.DataFrame) -> tuple[int, int]:
    """Return both sums where all numbers agree one by one, else the first two that differ."""
    pairs = zip(_numbers(ones), _numbers(others), strict=True)
    apart = next(((one, other) for one, other in pairs if one != other), None)
    return apart or (sum(_numbers(ones)), sum(_numbers(others)))


def _numbers(frame: pd.DataFrame) -> list[int]:
    return [int(each) for each in frame.to_numpy(dtype=float, na_value=0).ravel()]
