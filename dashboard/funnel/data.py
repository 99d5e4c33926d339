"""The funnel: how many leads came how far. Definitions: docs/definitions.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, SHARE, TEXT, Reader
from dashboard.shared.filters import Filters
from dashboard.shared.leads import leads_in_range
from dashboard.shared.tracking_plan import TrackingPlan

DEFAULT_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Funnel:
    """One reading of the funnel over a period.

    `steps` has one row per planned step: `step`, `label`, `count` (leads that reached it; null
    where the source had never recorded the step), `of_previous` and `of_first` (shares 0–1; null
    where there is nothing to divide by), `with_event` (leads with that event at all), `first_at`
    (UTC, the first such event in the source). `leads` are all of the period, whatever their events.
    """

    reading: str
    unit: str
    window: timedelta
    filters: Filters
    leads: int
    first_lead_at: datetime | None
    steps: pd.DataFrame

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
        """Return the `funnel` answer of the command line; its form is a contract (README)."""
        columns = ["step", "label", "count", "of_previous", "of_first", "with_event"]
        rows = self.steps[columns].astype(object)
        return {
            "reading": self.reading,
            "unit": self.unit,
            "window": f"{self.window.days}d",
            **self.filters.as_json(),
            "steps": rows.where(rows.notna(), None).to_dict("records"),
        }


def recorded(reader: Reader, filters: Filters, plan: TrackingPlan) -> Funnel:
    """Count the reading Recorded: chains of stored events per lead, within the default window.

    The range filters leads by their own time; their steps count up to the window's end, past it.
    """
    first = _first_recorded(reader, filters, plan)
    names = [name for name in plan.names if name in set(first["step"])]
    counts = reader.frame(
        "funnel/recorded",
        {"step": TEXT, "count": COUNT, "with_event": COUNT},
        steps=names, window=DEFAULT_WINDOW, **filters.binds,
    )  # fmt: skip
    leads = leads_in_range(reader, filters)
    steps = _steps(plan, counts.merge(first, on="step", how="left"))
    return Funnel("recorded", "lead", DEFAULT_WINDOW, filters, leads.leads, leads.first_at, steps)


def _first_recorded(reader: Reader, filters: Filters, plan: TrackingPlan) -> pd.DataFrame:
    """Return `step`, `first_at` of each step recorded by the end of what is looked at."""
    return reader.frame(
        "funnel/first_recorded",
        {"step": TEXT, "first_at": MOMENT},
        steps=plan.names, until=_looked_at_until(filters), as_of=filters.as_of,
    )  # fmt: skip


def _looked_at_until(filters: Filters) -> datetime | None:
    """Return the last moment at which a step of the period's leads can still count."""
    try:
        return filters.end_at + DEFAULT_WINDOW if filters.end_at else None
    except OverflowError:
        return None


def _steps(plan: TrackingPlan, recorded: pd.DataFrame) -> pd.DataFrame:
    """Lay what was recorded beside the whole plan, with the shares of one count in another."""
    planned = pd.DataFrame(
        [(step.name, step.label) for step in plan.steps], columns=["step", "label"]
    )
    steps = planned.astype(TEXT).merge(recorded, on="step", how="left")
    reached = steps["count"].dropna().astype(SHARE)
    # A zero denominator gives no rate.
    steps["of_previous"] = reached / reached.shift().where(lambda previous: previous > 0)
    steps["of_first"] = reached / reached.where(reached > 0).iloc[:1].sum(min_count=1)
    return steps.fillna({"with_event": 0})
