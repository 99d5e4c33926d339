"""The funnel: how many units came how far. Definitions: docs/definitions.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Reader
from dashboard.funnel.question import FunnelQuestion, shown_window
from dashboard.funnel.segments import Segments, segments_of
from dashboard.funnel.units import Units, units_of
from dashboard.shared.export import records
from dashboard.shared.filters import Filters
from dashboard.shared.leads import leads_in_range
from dashboard.shared.merging import Pairing
from dashboard.shared.releases import Release
from dashboard.shared.statistics import wilson
from dashboard.shared.times import now
from dashboard.shared.tracking_plan import TrackingPlan

COUNTS = [
    "count", "converted", "dropped", "in_progress", "over", "with_event", "lost_at_least",
    "reversed", "behind_a_loss",
]  # fmt: skip
LOSSES = COUNTS[-3:]
SHARES = ["of_previous", "of_first", "matured", "low", "high"]
STEP = [
    "step", "label", "optional", "count", "of_previous", "of_first", "with_event", "converted",
    "dropped", "in_progress", "over", "matured", "low", "high", "lost_at_least", "reversed",
    "behind_a_loss",
]  # fmt: skip


@dataclass(frozen=True)
class Funnel:
    """One funnel over a period.

    `steps` has one row per step asked for, in order; counts are of units, shares 0–1, times UTC:

    - `step`, `label`, `optional`, `first_at` (the first such event in the source);
    - `count`: reached the step; null where the source had never recorded it, and then so is all
      else. count = `converted` (reached the next required step; at the last one all have) +
      `dropped` (their window is over) + `in_progress`;
    - `of_previous`, `of_first`: shares of the required step before and of the first one; null where
      there is nothing to divide by;
    - `over`: those of `count` whose window is over; `matured`: their share of the first step's,
      with its 95 % Wilson interval `low` to `high`; null where the window has no limit;
    - `with_event`: units with such an event at all; `lost_at_least`: with a proof of the step and
      no event of it; `reversed`: the event is later than its proof; `behind_a_loss`: the event is
      there, but a step before it was lost and ends the chain; null in the reading recorded.

    `breakdown` has the same rows per `value` of the property broken down by, else None; they add up
    to `steps`. `leads` are all leads of the period, whatever their events.
    """

    question: FunnelQuestion
    filters: Filters
    leads: int
    first_lead_at: datetime | None
    steps: pd.DataFrame
    units: Units = field(default_factory=Units)
    breakdown: pd.DataFrame | None = None

    @property
    def unit(self) -> str:
        """What is counted; the reading Recorded counts leads."""
        return "lead" if self.question.reading == "recorded" else self.question.unit

    @property
    def recorded(self) -> pd.DataFrame:
        """The steps that the source had recorded by the end of what is looked at."""
        return self.steps[self.steps["count"].notna()]

    @property
    def begun_inside(self) -> pd.DataFrame:
        """The steps whose recording began after the period's first lead."""
        begin = self.filters.start_at or self.first_lead_at
        return self.recorded[self.recorded["first_at"] > begin] if begin else self.steps.iloc[:0]

    def as_json(self) -> dict[str, object]:
        """Return the `funnel` answer of the command line; its form is a contract (docs)."""
        answer: dict[str, object] = {
            "reading": self.question.reading,
            "unit": self.unit,
            "window": shown_window(self.question.window),
            **self.filters.as_json(),
            "steps": records(self.steps[STEP]),
        }
        if self.breakdown is not None:
            answer["breakdown"] = records(self.breakdown[["value", *STEP]])
        return answer


def recorded(reader: Reader, filters: Filters, plan: TrackingPlan) -> Funnel:
    """Count the reading Recorded: chains of stored events per lead, within the default window."""
    return ask(reader, filters, plan, FunnelQuestion("recorded"))


def ask(
    reader: Reader, filters: Filters, plan: TrackingPlan, question: FunnelQuestion, *,
    releases: Sequence[Release] = (), pairing: Pairing | None = None,
) -> Funnel:  # fmt: skip
    """Count one funnel; raises DatabaseProblem.

    The range filters units by their beginning, the time of their first lead; their steps count up
    to the window's end, past it. The clock is `as_of`, or now. `pairing` saves measuring it.
    """
    steps = question.steps or tuple(plan.names)
    first = _first_recorded(reader, filters, question, steps)
    known = [name for name in steps if name in set(first["step"])]
    proofs = [
        (name, step)
        for name in plan.names
        for step in plan.implied(name)
        if step in known and question.reading != "recorded"
    ]
    units = units_of(
        reader, filters, question, [*dict.fromkeys([*known, *(name for name, _ in proofs)])],
        pairing, everything=bool(question.filters or question.breakdown),
    )  # fmt: skip
    segments = segments_of(reader, filters, question, units, releases)
    binds = _slots(question, known, proofs) | units.binds | segments.binds
    counts = _counted(reader, filters, question, binds)
    total = counts.groupby("step", sort=False)[COUNTS].sum().reset_index()
    laid_out = _laid_out(plan, question, steps, first)
    leads = leads_in_range(reader, filters)
    return Funnel(
        question, filters, leads.leads, leads.first_at, _with_shares(laid_out, total, question),
        units, _by_value(laid_out, counts, question, segments) if question.breakdown else None,
    )  # fmt: skip


def _first_recorded(
    reader: Reader, filters: Filters, question: FunnelQuestion, steps: Sequence[str]
) -> pd.DataFrame:
    """Return `step`, `first_at` of each step recorded by the end of what is looked at."""
    return reader.frame(
        "funnel/first_recorded",
        {"step": TEXT, "first_at": MOMENT},
        steps=[*steps], until=_looked_at_until(filters, question.window), as_of=filters.as_of,
    )  # fmt: skip


def _looked_at_until(filters: Filters, window: timedelta | None) -> datetime | None:
    """Return the last moment at which a step of the period's leads can still count."""
    try:
        return filters.end_at + window if filters.end_at and window is not None else None
    except OverflowError:
        return None


def _slots(
    question: FunnelQuestion, known: list[str], proofs: list[tuple[str, str]]
) -> dict[str, object]:
    """Put the recorded steps in the order of funnel/steps.sql: optional ones after the others."""
    required = [name for name in known if name not in question.optional]
    slots = [*required, *(name for name in known if name in question.optional)]
    before = [sum(known.index(each) < known.index(name) for each in required) for name in slots]
    return {
        "steps": slots, "required": len(required), "places": before,
        "proofs": [name for name, _ in proofs],
        "proves": [slots.index(step) + 1 for _, step in proofs],
    }  # fmt: skip


def _counted(
    reader: Reader, filters: Filters, question: FunnelQuestion, binds: dict[str, object]
) -> pd.DataFrame:
    """Ask for the counts; one row per (segment, recorded step), zeros where there is no unit."""
    return reader.frame(
        "funnel/steps",
        {"segment": COUNT, "step": TEXT, **dict.fromkeys(COUNTS, COUNT)},
        repair=question.reading == "repaired", window=question.window,
        clock=filters.as_of or now(), **filters.binds, **binds,
    )  # fmt: skip


def _laid_out(
    plan: TrackingPlan, question: FunnelQuestion, steps: Sequence[str], first: pd.DataFrame
) -> pd.DataFrame:
    """Lay out the steps asked for, whether the source has recorded them or not."""
    named = pd.DataFrame([(name, plan.label(name)) for name in steps], columns=["step", "label"])
    optional = [name in question.optional for name in steps]
    return named.astype(TEXT).assign(optional=optional).merge(first, on="step", how="left")


def _by_value(
    laid_out: pd.DataFrame, counts: pd.DataFrame, question: FunnelQuestion, segments: Segments
) -> pd.DataFrame:
    """Lay the counts of each part of the breakdown beside the steps."""
    parts = [
        _with_shares(laid_out, counts[counts["segment"] == position], question).assign(value=value)
        for position, value in enumerate(segments.values)
    ]
    empty = _with_shares(laid_out.iloc[:0], counts.iloc[:0], question).assign(value="")
    return pd.concat(parts or [empty], ignore_index=True)


def _with_shares(
    laid_out: pd.DataFrame, counts: pd.DataFrame, question: FunnelQuestion
) -> pd.DataFrame:
    """Lay counts beside the steps, with the shares of one in another."""
    steps = laid_out.merge(counts[["step", *COUNTS]], on="step", how="left")
    required = steps["count"].where(~steps["optional"]).astype(SHARE)
    reached = steps["count"].astype(SHARE)
    # A zero denominator gives no rate; an optional step is a share, and never a denominator.
    steps["of_previous"] = reached / required.ffill().shift().where(lambda before: before > 0)
    steps["of_first"] = reached / required.dropna().iloc[:1].where(lambda n: n > 0).sum(min_count=1)
    first_over = next(iter(steps.loc[~steps["optional"], "over"].dropna()), 0)
    intervals = [_interval(part, first_over if question.window else 0) for part in steps["over"]]
    steps[SHARES[2:]] = pd.DataFrame(intervals, columns=SHARES[2:], index=steps.index, dtype=SHARE)
    if question.reading == "recorded":
        # What one lead lacks, another of the same submission may have.
        steps = steps.assign(**dict.fromkeys(LOSSES, pd.array([None] * len(steps), dtype=COUNT)))
    return steps.fillna({"with_event": 0})


def _interval(part: int, whole: int) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return a share with its interval, or nothing of it."""
    interval = None if pd.isna(part) else wilson(int(part), int(whole))
    return (part / whole, *interval) if interval else (None, None, None)
