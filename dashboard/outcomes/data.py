"""What became of submissions: converted users, payments and their amounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from dashboard.database.missing_leads import missing_leads
from dashboard.database.reading import COUNT, DAY, MOMENT, SHARE, TEXT, Reader
from dashboard.database.recorded_steps import recorded_steps
from dashboard.matching.data import Pairing, matching_binds, measure_pairing, period_binds
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.periods import Grain
from dashboard.model.properties import SOURCE, segment_binds
from dashboard.model.tracking_plan import TrackingPlan

CONVERTED_USER = "website_leads.converted_to_user_id"
LEAD_SOURCE = f"website_leads.{SOURCE.column}"
# Without an id, no event's amount is found.
EVENT_ID = "conversion_tracking.id"
AMOUNT_COLUMNS = ("conversion_tracking.conversion_value", "conversion_tracking.step_data")
# Without these the answer has gaps; each is named.
OUTCOME_COLUMNS = (
    CONVERTED_USER,
    "website_leads.converted_at",
    LEAD_SOURCE,
    EVENT_ID,
    *AMOUNT_COLUMNS,
)
COUNT_DTYPES = {
    "kind": TEXT,
    "source": TEXT,
    "period": DAY,
    "currency": TEXT,
    "submissions": COUNT,
    "converted": COUNT,
    "converted_users": COUNT,
    "paid": COUNT,
    "days_to_payment": SHARE,
    "in_progress": COUNT,
    "days_idle": SHARE,
    "payments": COUNT,
    "amount": SHARE,
}
LEAD_OUTCOME_DTYPES = {
    "lead_id": TEXT,
    "is_converted": "boolean",
    "converted_at": MOMENT,
    "paid_at": MOMENT,
    "amount": SHARE,
    "currency": TEXT,
    "days_to_payment": SHARE,
    "last_step_at": MOMENT,
    "days_idle": SHARE,
}


@dataclass(frozen=True)
class SubmissionOutcomes:
    """The outcomes of a period's submissions.

    `payment` is the step that counts as the payment, the plan's last required one; None where the
    source never recorded it, and then so are all figures of payments.

    `total` is one row: `submissions`; `converted` of them, to `converted_users` distinct users;
    `paid`; `days_to_payment` (median, from the first lead); `in_progress` (not paid, and the
    conversion window since the first required step is open); `days_idle` (median, since their last
    step). A figure is null where its column can't be read. `sources` has the same per `source`, the
    most frequent first, and `periods` per local `period` of their begin, if asked for.

    `amounts` has a row per `currency` (null where none is stored) and `source` (null: all):
    `payments` and their sum, `amount`, in the stored unit. `sources` and `amounts` are None where
    no such column can be read; `unreadable` names the columns that the answer lacks.
    """

    filters: Filters
    payment: str | None
    total: pd.DataFrame = field(repr=False)
    sources: pd.DataFrame | None = field(repr=False)
    periods: pd.DataFrame = field(repr=False)
    amounts: pd.DataFrame | None = field(repr=False)
    unreadable: tuple[str, ...]

    @property
    def total_amounts(self) -> pd.DataFrame | None:
        """The amounts of all submissions, one row per currency."""
        return None if self.amounts is None else self.amounts[self.amounts["source"].isna()]


def submission_outcomes(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    grain: Grain | None = None,
    *,
    by_source: bool = True,
    pairing: Pairing | None = None,
) -> SubmissionOutcomes:
    """Count the outcomes of the submissions that began in the period; raises DatabaseProblem.

    Payments and conversions count up to the as-of time, past the period's end. `pairing` saves
    measuring it.
    """
    unreadable = tuple(c for c in OUTCOME_COLUMNS if reader.contract.unreadable_reason(c))
    by_source = by_source and LEAD_SOURCE not in unreadable
    binds = {
        **period_binds(pairing or measure_pairing(reader, filters), filters),
        **_outcome_binds(reader, filters, plan),
        **segment_binds({}, SOURCE.name if by_source else None),
        **filters.binds,
        "grain": grain,
    }
    payment = next(iter(recorded_steps(reader, filters, [plan.payment])), None)
    rows = _known(reader.frame("outcomes/counts", COUNT_DTYPES, **binds), payment, unreadable)
    total, sources, periods, amounts = (
        rows[rows["kind"] == each] for each in ("total", "source", "period", "amount")
    )
    return SubmissionOutcomes(
        filters,
        payment,
        total,
        sources if by_source else None,
        periods if grain else periods.iloc[:0],
        _amounts(amounts, by_source, unreadable),
        unreadable,
    )


def _amounts(rows: pd.DataFrame, by_source: bool, unreadable: Sequence[str]) -> pd.DataFrame | None:
    if EVENT_ID in unreadable or {*AMOUNT_COLUMNS} <= {*unreadable}:
        return None
    return rows if by_source else rows[rows["source"].isna()]


def lead_outcomes(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    lead_ids: Sequence[str] | None,
    pairing: Pairing | None = None,
) -> pd.DataFrame:
    """Return what became of the submissions of some leads (None: of all), one row per lead.

    Columns are those of LEAD_OUTCOME_DTYPES. The period does not apply; `as_of` does. `pairing`
    saves measuring it. Raises DatabaseProblem.
    """
    return reader.frame(
        "outcomes/of_leads",
        LEAD_OUTCOME_DTYPES,
        **matching_binds(pairing or measure_pairing(reader, filters), lead_ids),
        **_outcome_binds(reader, filters, plan),
        **segment_binds({}, None),
        **Filters(as_of=filters.as_of).binds,
        grain=None,
    )


def _outcome_binds(reader: Reader, filters: Filters, plan: TrackingPlan) -> dict[str, object]:
    """Return the binds of outcomes/submission_outcomes but for the matching and the period."""
    return {
        "unit": "submission",
        "steps": plan.names,
        "proofs": [],
        "proves": [],
        "payment": plan.payment,
        "optional": [*plan.optional],
        "window": DEFAULT_WINDOW,
        "clock": filters.clock,
        "missing_leads": missing_leads(reader, filters.as_of),
        "zone": filters.zone.key,
    }


def _known(counts: pd.DataFrame, payment: str | None, unreadable: Sequence[str]) -> pd.DataFrame:
    """Set the figures to null that the source has no rows for."""
    without = ["paid"] if payment is None else []
    if CONVERTED_USER in unreadable:
        without += ["converted", "converted_users"]
    unknown = pd.array([None] * len(counts), dtype=COUNT)
    return counts.assign(**dict.fromkeys(without, unknown)).reset_index(drop=True)
