"""Texts that the Status page and the report's files share."""

from collections import Counter
from numbers import Integral

import pandas as pd

from dashboard.model.filters import Filters
from dashboard.model.formats import UNKNOWN, count
from dashboard.status.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from dashboard.status.report import StatusReport

# One color name per verdict, as pages and files understand it.
COLORS = {CONFIRMED: "green", REFUTED: "red", INCONCLUSIVE: "orange"}
TITLE = "Lead tracking status report"


def about(report: StatusReport) -> str:
    """Name source, period and time of the report."""
    filters = report.filters
    return (
        f"Source: {report.source}. Period: {filters.period}. "
        f"Made {filters.shown(report.made_at)}, times in {filters.zone.key}."
    )


def tally(report: StatusReport) -> str:
    """Count the verdicts."""
    found = Counter(claim.verdict for claim in report.claims)
    return (
        f"Of {len(report.claims)} claims, {found[CONFIRMED]} are confirmed, {found[REFUTED]} are "
        f"refuted, and {found[INCONCLUSIVE]} are inconclusive."
    )


def cells(frame: pd.DataFrame, filters: Filters) -> list[list[str]]:
    """Write a frame's rows for people: times in the workspace zone, null as unknown."""
    return [[_cell(value, filters) for value in row] for row in frame.itertuples(index=False)]


def _cell(value: object, filters: Filters) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return UNKNOWN
    if isinstance(value, pd.Timestamp):
        return filters.shown(value.to_pydatetime())
    return count(int(value)) if isinstance(value, Integral) else str(value)
