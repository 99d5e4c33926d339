"""The funnel: how many units reached each step. Definitions: docs/definitions.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from dashboard.database.leads_in_range import leads_in_range
from dashboard.database.reading import COUNT, SHARE, TEXT, Reader
from dashboard.funnel.prepared import Prepared, prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.matching.data import Pairing
from dashboard.model.filters import Filters
from dashboard.model.releases import Release
from dashboard.model.statistics import wilson
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.ui.export import records

OUTCOME_COUNTS = ["converted", "dropped_off", "in_progress", "closed"]
LOSSES = ["lost_at_least", "out_of_order", "by_lead", "blocked"]
STEP_COUNTS = ["count", *OUTCOME_COUNTS, "with_event", *LOSSES]
STEP_DTYPES = {"position": COUNT, "value": TEXT, "step": TEXT, **dict.fromkeys(STEP_COUNTS, COUNT)}
CONVERSIONS, CLOSED_RATE = ["step_conversion", "overall_conversion"], ["closed_rate", "low", "high"]
# The order of the JSON answer's keys.
STEP_FIELDS = [
    *("step", "label", "optional", "first_at", "count"),
    *CONVERSIONS,
    "with_event",
    *OUTCOME_COUNTS,
    *CLOSED_RATE,
    *LOSSES,
]


@dataclass(frozen=True)
class Funnel:
    """One funnel over a period.

    `steps` has one row per step asked for, in order; counts are of units, shares 0–1, times UTC:

    - `step`, `label`, `optional`, `first_at` (the first such event in the source);
    - `count`: reached the step; null where the source had never recorded it, and then so is all
      else. count = `converted` (reached the next required step; at the last one all have) +
      `dropped_off` (their window is closed) + `in_progress`;
    - `step_conversion`, `overall_conversion`: shares of the required step before and of the first
      one; null where there is nothing to divide by;
    - `closed`: those of `count` whose window is closed; `closed_rate`: their share of the first's,
      with its 95 % Wilson interval `low` to `high`; null where the window has no limit;
    - `with_event`: units with such an event at all; `lost_at_least`: with a proof of the step and
      no event of it; `out_of_order`: the event is later than its proof; `by_lead`: no event, known
      from a lead only, and no provable loss; `blocked`: the event is there, but a step before it
      was lost and ends the chain; all but the first are null in raw.

    `breakdown` has the same rows per `value` of the property broken down by, else None, and the
    value's `position`, which listed() takes; they add up to `steps`, the most frequent value first.
    `leads` are all leads of the period, whatever their events; `left_out` are its submissions that
    have no visitor or organization to be counted by.
    """

    prepared: Prepared
    leads: int
    first_lead_at: datetime | None
    steps: pd.DataFrame
    left_out: int = 0
    breakdown: pd.DataFrame | None = None

    @property
    def question(self) -> FunnelQuestion:
        """What was asked."""
        return self.prepared.question

    @property
    def filters(self) -> Filters:
        """The period that was asked about."""
        return self.prepared.filters

    @property
    def unit(self) -> str:
        """What is counted; raw counts leads."""
        return self.prepared.unit

    @property
    def recorded(self) -> pd.DataFrame:
        """The steps that the source had recorded before the last window closes."""
        return self.steps[self.steps["count"].notna()]

    @property
    def required(self) -> pd.DataFrame:
        """The recorded steps that make the chain."""
        return self.recorded[~self.recorded["optional"].astype(bool)]

    @property
    def tracked_since(self) -> datetime | None:
        """When the source recorded the first required step for the first time."""
        return next((each.to_pydatetime() for each in self.required["first_at"]), None)

    @property
    def never_recorded(self) -> tuple[str, ...]:
        """The steps that the question names and that the source has recorded at no time."""
        never = self.steps["count"].isna() & ~self.steps["recorded_later"]
        return tuple(each for each in self.steps.loc[never, "step"] if each in self.question.steps)

    @property
    def begun_inside(self) -> pd.DataFrame:
        """The steps whose recording began after the period's first lead, and before its end."""
        begin = self.filters.start_at or self.first_lead_at
        return self.prepared.begun_since(begin) if begin else self.recorded.iloc[:0]

    @property
    def begun_after(self) -> pd.DataFrame:
        """The steps that the source began to record only after the period."""
        steps, end = self.recorded, self.filters.end_at
        return steps[steps["first_at"] >= end] if end else steps.iloc[:0]

    def label(self, step: str) -> str:
        """What a person reads for a step."""
        return str(self.steps.loc[self.steps["step"] == step, "label"].iloc[0])

    def figure(self, step: str, name: str, value: str | None = None) -> int | None:
        """One count of one step, of a value of the breakdown if given; None: not known."""
        rows = self.steps if value is None else self._part(value)
        number = rows.loc[rows["step"] == step, name].iloc[0]
        return None if pd.isna(number) else int(number)

    def position(self, value: str) -> int:
        """The number of a value in the breakdown, as listed() takes it."""
        return int(self._part(value)["position"].iloc[0])

    def _part(self, value: str) -> pd.DataFrame:
        rows = self.steps.iloc[:0] if self.breakdown is None else self.breakdown
        return rows[rows["value"] == value]

    def as_json(self) -> dict[str, object]:
        """Return the `funnel` answer of the command line; its form is a contract (docs)."""
        answer = {
            **self.prepared.as_json(),
            "leads": self.leads,
            "left_out": self.left_out,
            "steps": records(self.steps[STEP_FIELDS]),
        }
        if self.breakdown is not None:
            answer["breakdown"] = records(self.breakdown[["value", *STEP_FIELDS]])
        return answer


def recorded(reader: Reader, filters: Filters, plan: TrackingPlan) -> Funnel:
    """Count raw: chains of stored events per lead, within the default window."""
    return ask(reader, filters, plan, FunnelQuestion("raw"))


def ask(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    question: FunnelQuestion,
    releases: Sequence[Release] = (),
    *,
    pairing: Pairing | None = None,
) -> Funnel:
    """Count one funnel; raises DatabaseProblem.

    The range filters units by their beginning, the time of their first lead; their steps count up
    to the window's end, past it. The clock is `as_of`, or now. `pairing` saves measuring it.
    """
    return count_steps(
        reader, filters, prepare_funnel(reader, filters, plan, question, releases, pairing=pairing)
    )


def count_steps(reader: Reader, filters: Filters, prepared: Prepared) -> Funnel:
    """Count a funnel that is made ready; raises DatabaseProblem."""
    question = prepared.question
    counts = prepared.frame(reader, "funnel/steps", STEP_DTYPES)
    total = (
        counts.groupby("step")[STEP_COUNTS].sum().reindex(prepared.slots, fill_value=0)
    ).reset_index()
    leads = leads_in_range(reader, filters)
    return Funnel(
        prepared,
        leads.leads,
        leads.first_at,
        _with_shares(prepared.laid_out, total, question),
        _left_out(reader, prepared),
        _by_value(prepared.laid_out, counts, question) if question.breakdown else None,
    )


def _left_out(reader: Reader, prepared: Prepared) -> int:
    """Count the range's submissions that have no visitor or no organization."""
    if prepared.question.unit == "submission":
        return 0
    return int(prepared.one(reader, "funnel/left_out").submissions)


def _by_value(
    laid_out: pd.DataFrame, counts: pd.DataFrame, question: FunnelQuestion
) -> pd.DataFrame:
    """Lay the counts of each part of the breakdown beside the steps."""
    parts = [
        _with_shares(laid_out, rows, question).assign(
            value=rows["value"].iloc[0], position=position
        )
        for position, rows in counts.groupby("position")
    ]
    empty = _with_shares(laid_out.iloc[:0], counts.iloc[:0], question).assign(value="", position=0)
    return pd.concat(parts or [empty], ignore_index=True)


def _with_shares(
    laid_out: pd.DataFrame, counts: pd.DataFrame, question: FunnelQuestion
) -> pd.DataFrame:
    """Lay counts beside the steps, with the shares of one in another."""
    steps = laid_out.merge(counts[["step", *STEP_COUNTS]], on="step", how="left")
    progress = [name for name in STEP_COUNTS if name != "with_event"]
    steps.loc[steps["recorded_later"], progress] = pd.NA
    required = steps["count"].where(~steps["optional"]).astype(SHARE)
    reached = steps["count"].astype(SHARE)
    # A zero denominator gives no rate; an optional step is a share, and never a denominator.
    steps["step_conversion"] = reached / required.ffill().shift().where(lambda before: before > 0)
    steps["overall_conversion"] = reached / required.dropna().iloc[:1].where(lambda n: n > 0).sum(
        min_count=1
    )
    first_closed = next(iter(steps.loc[~steps["optional"], "closed"].dropna()), 0)
    intervals = [
        _interval(part, first_closed if question.window else 0) for part in steps["closed"]
    ]
    steps[CLOSED_RATE] = pd.DataFrame(
        intervals, columns=CLOSED_RATE, index=steps.index, dtype=SHARE
    )
    if question.correction == "raw":
        # What one lead lacks, another of the same submission may have.
        steps = steps.assign(**dict.fromkeys(LOSSES, pd.array([None] * len(steps), dtype=COUNT)))
    return steps.fillna({"with_event": 0})


def _interval(part: int, whole: int) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return a share with its interval, or three times None."""
    interval = None if pd.isna(part) else wilson(int(part), int(whole))
    return (part / whole, *interval) if interval else (None, None, None)
