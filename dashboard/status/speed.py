"""The duration of the report's own two counts, measured while the report is made."""

from collections.abc import Callable
from time import perf_counter

from dashboard.funnel.recording import events_per_step
from dashboard.model.formats import counted
from dashboard.status import data
from dashboard.status.claim import CONFIRMED, INCONCLUSIVE, REFUTED, ClaimFacts, Judgment

# The report's own limit for "does not block user experience".
FAST = 0.2


def queries_fast(facts: ClaimFacts) -> Judgment:
    """Run the report's own two counts three times, and judge the fastest run."""
    rows = sum(facts.tables.values())
    if not rows:
        return Judgment(INCONCLUSIVE, "There is no row in this period to count.")
    return judged_speed(_fastest(lambda: _counts(facts)), rows)


def judged_speed(seconds: float, rows: int) -> Judgment:
    """Compare a time with the limit that the report names."""
    fast = seconds < FAST
    return Judgment(
        CONFIRMED if fast else REFUTED,
        f"Counting events by step and in total, among {counted(rows, 'row')}, took "
        f"{seconds * 1000:,.0f} ms just now, {'under' if fast else 'not under'} the "
        f"{FAST * 1000:.0f} ms that the report names. The tables do not "
        "record how long the endpoints took to answer.",
    )


def _counts(facts: ClaimFacts) -> None:
    events_per_step(facts.reader, facts.filters)
    data.event_totals(facts.reader, facts.filters)


def _fastest(asked: Callable[[], None]) -> float:
    times = []
    for _ in range(3):
        began = perf_counter()
        asked()
        times.append(perf_counter() - began)
    return min(times)
