"""Matches leads into submissions again for each answer; no match is stored: docs/definitions.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from dashboard.database.reading import MOMENT, TEXT, Reader
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW, LEAST_MARGIN, RACING_SLACK

SUBMISSION = {
    "lead_id": TEXT,
    "submission_id": TEXT,
    "begun_at": MOMENT,
    "ambiguous": "boolean",
    "session_id": TEXT,
    "organization_id": TEXT,
}


@dataclass(frozen=True)
class Pairing:
    """The measurements by which leads without session are paired, once per source.

    `analysis_window` is the longest time that an analysis takes. `median_lag` and its `spread`
    (MAD) come from the `pairs` websites with a single candidate pair. Without any such website
    they are 45 s and 0.
    """

    analysis_window: timedelta
    pairs: int
    median_lag: timedelta
    spread: timedelta

    @property
    def margin(self) -> timedelta:
        """How much worse the second-best candidate of an unambiguous match must be."""
        return max(LEAST_MARGIN, 3 * self.spread)


def measure_pairing(reader: Reader, filters: Filters) -> Pairing:
    """Measure the median lag and its spread over the whole source, up to the as-of time.

    Raises DatabaseProblem.
    """
    row = reader.once("model/median_lag", analysis_window=ANALYSIS_WINDOW, as_of=filters.as_of)
    return Pairing(ANALYSIS_WINDOW, row.pairs, row.median_lag, row.spread)


NO_PERIOD: dict[str, object] = {"matched_from": None, "matched_until": None}


def matching_binds(pairing: Pairing, lead_ids: Sequence[str] | None) -> dict[str, object]:
    """Return the binds of model/submissions.sql: the websites of these leads, or (None) of all."""
    return {
        **NO_PERIOD,
        "lead_ids": None if lead_ids is None else [*lead_ids],
        "analysis_window": pairing.analysis_window,
        "median_lag": pairing.median_lag,
        "margin": pairing.margin,
    }


def websites_of_period(filters: Filters) -> dict[str, object]:
    """Return the binds that match the websites of a period's leads.

    The bounds are wider than the period by the longest time between two leads of one submission.
    """
    start, end = filters.start_at or datetime.min, filters.end_at or datetime.max
    return {
        "matched_from": start - RACING_SLACK if start - datetime.min > RACING_SLACK else start,
        "matched_until": end + ANALYSIS_WINDOW if datetime.max - end > ANALYSIS_WINDOW else end,
    }


def period_binds(pairing: Pairing, filters: Filters) -> dict[str, object]:
    """Return the binds of model/submissions.sql for all complete submissions of a period."""
    if filters.start_at is None and filters.end_at is None:
        return matching_binds(pairing, None)
    return matching_binds(pairing, []) | websites_of_period(filters)


def submissions_of(
    reader: Reader, filters: Filters, pairing: Pairing, lead_ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return which submission each lead belongs to, one row per lead, in any order.

    `submission_id` is the id of the submission's first lead and `begun_at` its time (UTC).
    `ambiguous` marks an ambiguous match: the count of submissions is right, but the lead may belong
    to another one. With `lead_ids`, the answer has all leads of their websites and no others. The
    period does not apply, so every submission is complete. Raises DatabaseProblem.
    """
    return reader.frame(
        "model/submissions", SUBMISSION, **matching_binds(pairing, lead_ids), as_of=filters.as_of
    )
