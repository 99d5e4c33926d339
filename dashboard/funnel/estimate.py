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

from dashboard.database.reading import COUNT, SHARE, TEXT, Reader
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import QuestionError
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW, LEAST_OBSERVED, LISTED_AGES
from dashboard.model.statistics import survival_interval, wilson
from dashboard.model.windows import shown_window

ESTIMATE_DTYPES = {
    "position": COUNT,
    "kind": TEXT,
    "age": SHARE,
    "at_risk": COUNT,
    "log_left": SHARE,
    "none_left": "boolean",
    "spread": SHARE,
    "entered": COUNT,
    "with_event": COUNT,
    "closed": COUNT,
    "converted": COUNT,
    "observed": COUNT,
}


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
    for. It is None where none is, where fewer than two steps are recorded, and where fewer than
    half of the units on the first step have an event of it: tracking may be off for the others.
    Raises DatabaseProblem, and QuestionError where no unit can convert to that step or within that
    age.
    """
    steps, window = prepared.required, prepared.question.window
    if to is not None and to not in steps[1:]:
        raise QuestionError(f"{to!r} {_wrong_step(prepared, to)}")
    if within is not None and window is not None and within > window:
        raise QuestionError(
            f"within {shown_window(within)} is longer than the window of {shown_window(window)}"
        )
    if len(steps) < 2:
        return None
    to, ages = to or steps[-1], [within] if within else _listed_ages(window)
    rows = prepared.frame(
        reader,
        "funnel/estimate",
        ESTIMATE_DTYPES,
        from_step=1,
        to_step=steps.index(to) + 1,
        within=[each.total_seconds() for each in ages],
        breakdown=None,
    )
    return _within_largest(rows, to, ages, window)


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
    totals = rows[rows["kind"] == "within"].reset_index(drop=True)
    enough = (totals["observed"] >= FEW) & (
        totals["observed"] >= LEAST_OBSERVED * totals["entered"]
    )
    enough &= 2 * totals["with_event"] >= totals["entered"]
    if not enough.any():
        return None
    row = totals[enough].iloc[-1]
    within = ages[totals[enough].index[-1]]
    entered, observed, closed = (int(row[name]) for name in ("entered", "observed", "closed"))
    if closed == entered and within == window:
        part = int(row["converted"])
        low, high = wilson(part, entered) or (0.0, 1.0)
        rate, estimated = part / entered, False
    else:
        rate, low, high = _estimate(rows, within, observed)
        estimated = True
    return Conversion(to, within, rate, low, high, entered, observed, closed, estimated)


def _estimate(rows: pd.DataFrame, within: timedelta, observed: int) -> tuple[float, float, float]:
    """Return the estimated share within an age, and its interval.

    At a share of 0 or 1 Greenwood's has no width: Wilson's is given, of the observed units.
    """
    curve = rows[(rows["kind"] == "curve") & (rows["age"] <= within.total_seconds())]
    if curve.empty:
        return (0.0, *(wilson(0, observed) or (0.0, 1.0)))
    last = curve.iloc[-1]
    if last["none_left"]:
        return (1.0, *(wilson(observed, observed) or (0.0, 1.0)))
    left = exp(last["log_left"])
    least_left, most_left = survival_interval(left, last["spread"])
    return 1 - left, 1 - most_left, 1 - least_left
