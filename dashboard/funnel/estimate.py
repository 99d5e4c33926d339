"""Which share of units converts within an age: the Kaplan-Meier estimate over all that entered.

Kaplan, E. L. and Meier, P. (1958), JASA 53, 457–481. A unit in progress counts for the ages that it
has had time for. So the units of the last days answer, too. The assumption: newer units convert
like older ones did at the same age.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp

import pandas as pd

from dashboard.database.reading import COUNT, SHARE, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import QuestionError
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW, LEAST_OBSERVED, LISTED_AGES
from dashboard.model.statistics import survival_interval, wilson
from dashboard.model.windows import shown_window

ESTIMATE_DTYPES = {
    "age": SHARE,
    "entered": COUNT,
    "with_event": COUNT,
    "closed": COUNT,
    "converted": COUNT,
    "observed": COUNT,
    "log_left": SHARE,
    "none_left": "boolean",
    "spread": SHARE,
}
Rate = tuple[float, float, float]


@dataclass(frozen=True)
class Conversion:
    """The share of units that convert to the step `to` within an age, with its 95 % interval.

    `entered` units reached the first step. `observed` of them entered at least that age before the
    clock, and the windows of `closed` are closed. Where all are, the share is the plain one, with
    its Wilson interval, and not `estimated`.
    """

    to: str
    within: timedelta
    rate: float
    low: float
    high: float
    entered: int
    observed: int
    closed: int
    estimated: bool

    def as_json(self) -> dict[str, object]:
        """Return the part `conversion` of the `funnel` answer."""
        return {
            "to": self.to,
            "within_s": self.within.total_seconds(),
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
            "entered": self.entered,
            "observed": self.observed,
            "closed": self.closed,
            "estimated": self.estimated,
        }


def conversion(
    reader: Reader,
    _: Filters,
    prepared: Prepared,
    to: str | None = None,
    within: timedelta | None = None,
) -> Conversion | None:
    """Return the conversion from the first recorded step to `to`, or to the last required one.

    It is given for `within`, or else for the largest listed age, that enough units are old enough
    for. It is None where none is, where the first step or any later one was never recorded, and
    where too few of the units have an event of the first step (is_tracked). Raises DatabaseProblem,
    and QuestionError where no unit can convert to that step or within that age.
    """
    steps, window = prepared.required, prepared.question.window
    if to is not None and to not in steps[1:]:
        raise QuestionError(f"{to!r} {_wrong_step(prepared, to)}")
    if within is not None and window is not None and within > window:
        raise QuestionError(
            f"within {shown_window(within)} is longer than the window of {shown_window(window)}"
        )
    if len(steps) < 2 or prepared.first_required not in steps:
        return None
    to, ages = to or steps[-1], [within] if within else _listed_ages(window)
    rows = prepared.frame(
        reader,
        "funnel/estimate",
        ESTIMATE_DTYPES,
        to_step=steps.index(to) + 1,
        ages=[each.total_seconds() for each in ages],
        breakdown=None,
    )
    return _within_largest(rows, to, ages, window)


def is_tracked(with_event: int, units: int) -> bool:
    """Tell whether at least half of the units have an event of the first step.

    Tracking may be off for the others: a start that only a lead proves does not show how they went.
    """
    return 2 * with_event >= units


def _wrong_step(prepared: Prepared, to: str) -> str:
    """Say why no unit can convert to a step."""
    asked = prepared.laid_out.set_index("step")
    if to not in asked.index:
        return "is no step of this funnel"
    if asked.loc[to, "optional"]:
        return "is optional: name a required step"
    if to == asked.index[0]:
        return "is the first step: name a later one"
    return "was not recorded before the last window closes, or no step before it was"


def _listed_ages(window: timedelta | None) -> list[timedelta]:
    """Return the ages to choose from, in order: none is longer than the window."""
    if window is None:
        return [*LISTED_AGES]
    return [*(each for each in LISTED_AGES if each < window), window]


def _within_largest(
    rows: pd.DataFrame, to: str, ages: Sequence[timedelta], window: timedelta | None
) -> Conversion | None:
    observed = rows["observed"]
    enough = rows[(observed >= FEW) & (observed >= LEAST_OBSERVED * rows["entered"])]
    if enough.empty or not is_tracked(*enough[["with_event", "entered"]].iloc[-1]):
        return None
    row, within = enough.iloc[-1], ages[enough.index[-1]]
    entered, closed = int(row["entered"]), int(row["closed"])
    estimated = closed < entered or within != window
    rate = _estimate(row) if estimated else _plain(int(row["converted"]), entered)
    return Conversion(to, within, *rate, entered, int(row["observed"]), closed, estimated)


def _plain(part: int, whole: int) -> Rate:
    """Return a share with its Wilson interval; `whole` is not 0."""
    low, high = wilson(part, whole) or (0.0, 1.0)
    return part / whole, low, high


def _estimate(row: "pd.Series[float]") -> Rate:
    """Return the estimated share, and its interval.

    At a share of 0 or 1 Greenwood's has no width: Wilson's is given, of the observed units.
    """
    left = 0.0 if row["none_left"] else exp(row["log_left"])
    if left in (0, 1):
        observed = int(row["observed"])
        return _plain(observed - int(left) * observed, observed)
    least_left, most_left = survival_interval(left, row["spread"])
    return 1 - left, 1 - most_left, 1 - least_left
