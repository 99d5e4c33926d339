"""Submissions with a provable loss, each counted once: a lower bound. docs/definitions.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import pandas as pd

from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.funnel.prepared import Prepared, prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.matching.data import (
    Pairing,
    matching_binds,
    measure_pairing,
)
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.tracking_plan import TrackingPlan

LossKind = Literal["lost_step", "unanalyzed", "without_lead"]
LOSS_KINDS: tuple[LossKind, ...] = get_args(LossKind)
MOST_LOSS_EXAMPLES = 200
LOSS_COUNT_DTYPES: dict[str, str] = dict.fromkeys(LOSS_KINDS, "boolean") | {
    "submissions": COUNT,
    "first_at": MOMENT,
    "last_at": MOMENT,
}
LEADLESS = {"organization_id": TEXT, "lead_id": TEXT, "group_id": TEXT, "group_at": MOMENT}
LOSS_EXAMPLE_DTYPES = {
    "lead_id": TEXT,
    "organization_id": TEXT,
    "begun_at": MOMENT,
    "website_url": TEXT,
    "name": TEXT,
}


@dataclass(frozen=True)
class Losses:
    """Submissions begun in the period that provably lost data.

    `total` counts each of them once, whatever it lost: at least so many. `first_at` and `last_at`
    are when the first and last of them began (UTC; None where there is none). `by_kind` has one row
    per `kind`, in the order of KINDS, with its `submissions`; one may be of several kinds.
    """

    total: int
    first_at: datetime | None
    last_at: datetime | None
    by_kind: pd.DataFrame
    prepared: Prepared = field(repr=False)
    binds: Mapping[str, object] = field(repr=False)

    def number(self, kind: LossKind) -> int:
        """How many submissions have a loss of one kind."""
        return int(self.by_kind.set_index("kind")["submissions"][kind])

    def examples(
        self, reader: Reader, kind: LossKind, row_limit: int | None = MOST_LOSS_EXAMPLES
    ) -> pd.DataFrame:
        """Return the newest submissions of one kind, cut where asked; raises DatabaseProblem.

        `lead_id` opens the timeline; where all that is left of it is an organization, `lead_id` is
        null and `organization_id` names that. `begun_at` is UTC.
        """
        return self.prepared.frame(
            reader,
            "funnel/losses/loss_examples",
            LOSS_EXAMPLE_DTYPES,
            **self.binds,
            kind=kind,
            row_limit=row_limit,
        )


def losses(
    reader: Reader, filters: Filters, plan: TrackingPlan, *, pairing: Pairing | None = None
) -> Losses:
    """Count the submissions of the period with a provable loss; raises DatabaseProblem.

    The range filters by the submission's beginning; the clock is `as_of`, or now. What an analysis
    may still add, within the analysis window of the clock, is not lost yet. `pairing` saves
    measuring it.
    """
    prepared = prepare_funnel(reader, filters, plan, FunnelQuestion(), pairing=pairing)
    binds = _binds(reader, filters, prepared, pairing)
    counts = prepared.frame(reader, "funnel/losses/loss_counts", LOSS_COUNT_DTYPES, **binds)
    by_kind = pd.DataFrame(
        {
            "kind": LOSS_KINDS,
            "submissions": [counts.loc[counts[k], "submissions"].sum() for k in LOSS_KINDS],
        }
    ).astype({"kind": TEXT, "submissions": COUNT})
    return Losses(
        int(counts["submissions"].sum()),
        _moment(counts["first_at"].min()),
        _moment(counts["last_at"].max()),
        by_kind,
        prepared,
        binds,
    )


def _binds(
    reader: Reader, filters: Filters, prepared: Prepared, pairing: Pairing | None
) -> dict[str, object]:
    """Match the leads that the funnel matches, and those of websites where it decides on a loss."""
    told = {
        "owners_known": bool(reader.contract.owner_columns),
        "analysis_window": ANALYSIS_WINDOW,
        "clock": prepared.clock,
    }
    leadless = prepared.frame(reader, "funnel/losses/leadless_organizations", LEADLESS, **told)
    placeholders = prepared.frame(
        reader, "funnel/losses/unanalyzed_websites", {"lead_id": TEXT}, **told
    )
    return {
        **told,
        **_matching(reader, filters, prepared, pairing, leadless, placeholders),
        "beside": [None if pd.isna(each) else each for each in leadless["lead_id"]],
        "groups": leadless["group_id"].tolist(),
        "groups_at": [each.to_pydatetime() for each in leadless["group_at"]],
    }


def _matching(
    reader: Reader,
    filters: Filters,
    prepared: Prepared,
    pairing: Pairing | None,
    *looked_at: pd.DataFrame,
) -> dict[str, object]:
    """Match the leads of further websites; the median lag is measured only if there are any."""
    further = pd.concat([each["lead_id"].dropna() for each in looked_at]).tolist()
    if not further:
        return {}
    known = prepared.binds["lead_ids"]
    together = [*known, *further] if isinstance(known, list) else further
    return matching_binds(pairing or measure_pairing(reader, filters), [*dict.fromkeys(together)])


def _moment(found: pd.Timestamp) -> datetime | None:
    return None if pd.isna(found) else found.to_pydatetime()
