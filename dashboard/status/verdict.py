"""The Status page's first sentence: what the tables prove about whether everything was saved."""

from dataclasses import dataclass
from typing import Literal

from dashboard.shared.formats import count, counted
from dashboard.status.data import LostStarts, Totals


@dataclass(frozen=True)
class Verdict:
    """A sentence and what it amounts to: proven loss, cannot tell, or nothing to look at."""

    kind: Literal["does not hold", "cannot tell", "empty"]
    sentence: str
    reason: str


def verdict(found: Totals, lost: LostStarts, period: str) -> Verdict:
    """Judge `everything was saved`; it can be disproved from tables, never shown to hold."""
    if not found.events:
        return Verdict("empty", "No tracking event is recorded here", f"Period: {period}.")
    if not lost.start_lost:
        return Verdict(
            "cannot tell",
            "Whether everything was saved can’t be told",
            f"None of {_analyses(lost.completed)} lacks its "
            "recorded start. But what was never written leaves no trace in the tables. "
            f"Period: {period}.",
        )
    return Verdict(
        "does not hold",
        "Not everything was saved",
        f"At least {count(lost.start_lost)} of "
        f"{_analyses(lost.completed)} "
        f"{'has' if lost.start_lost == 1 else 'have'} no recorded start: "
        f"an analysis can’t complete without one. Period: {period}.",
    )


def _analyses(number: int) -> str:
    return counted(number, "completed analysis", "completed analyses")
