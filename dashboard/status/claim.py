"""A claim of the status report, its verdict, and the figures behind the verdict."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

import pandas as pd

from dashboard.coverage.changes import Change
from dashboard.coverage.data import Coverage, coverage
from dashboard.coverage.outages import Outage, outages
from dashboard.coverage.plan_data import PlanStates, plan_states
from dashboard.database.errors import explained
from dashboard.database.leads_in_range import LeadsInRange, leads_in_range
from dashboard.database.reading import Reader
from dashboard.funnel.data import Funnel, ask
from dashboard.funnel.losses.data import Losses, losses
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.model.releases import Release
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.status import data
from dashboard.status.evidence import SavingEvidence, gathered, of_fall, of_losses, of_outages
from dashboard.status.submissions import fallen_share, submissions_per_day

CONFIRMED: Literal["confirmed"] = "confirmed"
REFUTED: Literal["refuted"] = "refuted"
INCONCLUSIVE: Literal["inconclusive"] = "inconclusive"
ClaimVerdict = Literal["confirmed", "refuted", "inconclusive"]
# The evidence's column that names a lead.
LEAD_ID_LABEL = "Lead id"
# When the status report was written, on the clock of its rows.
REPORTED_AT = datetime(2026, 1, 26, 2, 30)


@dataclass(frozen=True)
class ClaimFacts:
    """The figures behind the verdicts; each is read once, when a claim first needs it."""

    reader: Reader
    filters: Filters
    plan: TrackingPlan
    releases: tuple[Release, ...] = ()
    website: str | None = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Read something that may fail, without harm to later reads."""
        with explained(self.reader.where), self.reader.connection.begin_nested():
            yield

    @cached_property
    def leads(self) -> LeadsInRange:
        """The period's leads, and the first and last of them."""
        return leads_in_range(self.reader, self.filters)

    @cached_property
    def losses(self) -> Losses:
        """Submissions with a provable loss."""
        return losses(self.reader, self.filters, self.plan)

    @cached_property
    def funnel(self) -> Funnel:
        """The funnel of the whole plan, corrected, per submission."""
        return ask(self.reader, self.filters, self.plan, FunnelQuestion())

    @cached_property
    def coverage(self) -> Coverage:
        """Session coverage, divided by the releases inside the period."""
        return coverage(self.reader, self.filters, self.plan, self.releases)

    @cached_property
    def states(self) -> PlanStates:
        """The tracking plan beside the data."""
        return plan_states(self.reader, self.filters, self.plan)

    @cached_property
    def outages(self) -> list[Outage]:
        """The steps that stopped or were never recorded, though visitors go on."""
        return outages(self.reader, self.states, self.plan)

    @cached_property
    def submissions_per_day(self) -> pd.DataFrame:
        """The submissions begun on each day of the period, and their leads."""
        return submissions_per_day(self.reader, self.filters)

    @cached_property
    def fall(self) -> Change | None:
        """Since when a smaller share of submissions has a planned step."""
        return fallen_share(
            self.reader, self.filters, self.funnel.prepared, self.submissions_per_day
        )

    @cached_property
    def evidence(self) -> SavingEvidence:
        """All that refutes that everything was saved."""
        return gathered(
            self.apart,
            [
                lambda: of_outages(self.outages, self.plan, self.filters),
                lambda: of_losses(self.losses, self.filters),
                lambda: of_fall(self.fall, self.outages, self.filters),
            ],
        )

    @cached_property
    def totals(self) -> data.EventTotals:
        """Events, their leads and their step names."""
        return data.event_totals(self.reader, self.filters)

    @cached_property
    def tables(self) -> dict[str, int]:
        """Rows of the period per table."""
        rows = data.rows_per_table(self.reader, self.filters)
        return dict(zip(rows["table_name"], rows["table_rows"].astype(int), strict=True))

    @property
    def reported_on(self) -> bool:
        """Whether the source has the report's rows; the demo begins with them."""
        return self.reader.where in ("demo", "sandbox")

    @property
    def as_reported(self) -> bool:
        """Whether the period covers exactly the report's rows."""
        ends = [each for each in (self.filters.as_of, self.filters.end_at) if each]
        return self.filters.start_at is None and bool(ends) and min(ends) == REPORTED_AT


@dataclass(frozen=True)
class Judgment:
    """A verdict, its reason in words, and the rows behind it by title."""

    verdict: ClaimVerdict
    evidence: str
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ClaimQuestion:
    """A claim in the report's words, the page that shows its rows, and the function to judge it."""

    id: str
    claim: str
    page: str
    judged: Callable[[ClaimFacts], Judgment] = field(repr=False)


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict; `rows` are the evidence by title, `page` shows more of it."""

    id: str
    claim: str
    verdict: ClaimVerdict
    evidence: str
    page: str
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)


def laid_out(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the named columns under their labels, in that order."""
    return frame[[*columns]].rename(columns=dict(columns))
