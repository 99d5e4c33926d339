"""Where units drop off: those that had the time to reach the next step and did not."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.database.reading import Reader
from dashboard.funnel.conversion.data import Conversion, estimates
from dashboard.funnel.conversion.stretch import single_steps
from dashboard.funnel.prepared import Prepared
from dashboard.model.filters import Filters
from dashboard.model.limits import FEW
from dashboard.ui.export import records

RATES = ["rate", "low", "high"]
# The names and the order of the JSON answer's keys.
STEP_NAMES = {"before": "step", "after": "to"}
BY_VALUE = ["value", "step", "to", "entered", "observed", "dropped", *RATES]


@dataclass(frozen=True)
class Drop:
    """Of `observed` units that reached `before` at least `within` ago, `dropped` not on to `after`.

    The steps are labels; `step` is the name of the first one.
    """

    step: str
    before: str
    after: str
    within: timedelta
    observed: int
    dropped: int

    @property
    def share(self) -> float:
        """The share that dropped off; a drop has units."""
        return self.dropped / self.observed


@dataclass(frozen=True)
class StepRates:
    """How many units go on from each required step, within the age of the `whole` conversion.

    `rows` are those of estimates(), per part of the breakdown, with `dropped`: of the `observed`
    units those that did not convert in time.
    """

    whole: Conversion
    rows: pd.DataFrame

    @property
    def within(self) -> timedelta:
        """The age that all units are compared at."""
        return self.whole.within

    def dropped(self, step: str, value: str | None = None) -> int | None:
        """Return how many dropped off at a step; None where no required step follows."""
        rows = self.rows[self.rows["before"] == step]
        rows = rows if value is None else rows[rows["value"] == value]
        return int(rows["dropped"].sum()) if len(rows) else None

    @property
    def together(self) -> pd.DataFrame:
        """All parts together, per step: `before`, `after`, `observed`, `dropped`, its `share`."""
        summed = self.rows.groupby(["before", "after"], sort=False)[["observed", "dropped"]].sum()
        rows = summed.reset_index()
        return rows.assign(share=rows["dropped"] / rows["observed"].where(rows["observed"] > 0))

    def as_json(self) -> list[dict[str, object]]:
        """Return the part `drops` of the `funnel` answer."""
        return records(self.together.rename(columns=STEP_NAMES))

    def by_value(self) -> list[dict[str, object]]:
        """Return the part `drops_by_value`: rates only where enough units are old enough."""
        told = self.rows.rename(columns=STEP_NAMES)
        told[RATES] = told[RATES].where(told["enough"])
        return records(told[BY_VALUE])

    def largest(self, prepared: Prepared) -> list[Drop]:
        """Return the step with the largest drop by number, and by share: one where both are one.

        A share needs 30 units. Of equal drops the first counts.
        """
        rows = self.together[self.together["dropped"] > 0]
        many = rows[rows["observed"] >= FEW]
        chosen = (rows.nlargest(1, "dropped"), many.nlargest(1, "share"))
        labels = prepared.laid_out.set_index("step")["label"]
        found = [
            Drop(
                row["before"],
                str(labels[row["before"]]),
                str(labels[row["after"]]),
                self.within,
                int(row["observed"]),
                int(row["dropped"]),
            )
            for row in pd.concat(chosen).to_dict("records")
        ]
        return [*dict.fromkeys(found)]


def step_rates(
    reader: Reader, filters: Filters, prepared: Prepared, whole: Conversion
) -> StepRates:
    """Estimate the conversion of each required step to the next one; raises DatabaseProblem."""
    rows = estimates(reader, filters, prepared, single_steps(prepared), [whole.within])
    return StepRates(whole, rows.assign(dropped=rows["observed"] - rows["in_time"]))
