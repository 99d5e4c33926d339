"""The leads that match a search, and the values of their properties."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from dashboard.database.reading import MOMENT, TEXT, Reader
from dashboard.matching.data import measure_pairing, submissions_of
from dashboard.model.filters import Filters
from dashboard.model.limits import PAGE_ROWS
from dashboard.model.properties import (
    NO_VALUE,
    STORED_NAMES,
    PropertyFilter,
    filter_bind,
    is_storable,
)
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.outcomes.data import lead_outcomes

LEAD_SORTS = ("created_at", "business_name", "website_url", *STORED_NAMES)
# From so many ids on, matching all leads takes less time than sending the ids.
MANY_LEADS = 50_000
LEAD_ROW_DTYPES = {
    "lead_id": TEXT,
    "created_at": MOMENT,
    "business_name": TEXT,
    "website_url": TEXT,
    "session_id": TEXT,
    "organization_id": TEXT,
}


@dataclass(frozen=True)
class LeadSearch:
    """The search for leads; None and an empty text match every lead."""

    properties: PropertyFilter = field(default_factory=dict)
    has_session: bool | None = None
    has_events: bool | None = None
    text: str = ""

    @property
    def binds(self) -> dict[str, object]:
        """The search under the names that the SQL files use."""
        return {
            "property_filter": filter_bind(self.properties),
            "has_session": self.has_session,
            "has_events": self.has_events,
            "search": "".join(filter(is_storable, self.text)).strip() or None,
        }


@dataclass(frozen=True)
class LeadOrder:
    """The order of leads (one of LEAD_SORTS), and which rows to return (None: all)."""

    sort: str = "created_at"
    descending: bool = True
    row_limit: int | None = None
    first_row: int = 0


def page_count(matching: int) -> int:
    """Return the number of table pages for this many leads, at least one."""
    return max(1, -(-matching // PAGE_ROWS))


def page_start(page: int, of_pages: int) -> int:
    """Return the number (from 0) of a page's first row; a page past the end counts as the last."""
    return (min(max(page, 1), of_pages) - 1) * PAGE_ROWS


def lead_rows(
    reader: Reader, filters: Filters, search: LeadSearch, order: LeadOrder
) -> pd.DataFrame:
    """Return matching leads, one row each, sorted and cut in the database.

    Columns are those of LEAD_ROW_DTYPES and the stored properties; an absent value is NO_VALUE.
    """
    found = reader.frame(
        "leads/rows",
        {**LEAD_ROW_DTYPES, "property_names": "object", "property_values": "object"},
        sort=order.sort,
        descending=order.descending,
        row_limit=order.row_limit,
        first_row=order.first_row,
        **filters.binds,
        **search.binds,
    )
    return _with_properties(found)


def _with_properties(leads: pd.DataFrame) -> pd.DataFrame:
    """Turn the two arrays of property names and values into columns."""
    names, values = leads.pop("property_names"), leads.pop("property_values")
    each = [dict(zip(*pair, strict=True)) for pair in zip(names, values, strict=True)]
    columns = {
        name: pd.array([found[name] or NO_VALUE for found in each], dtype=TEXT)
        for name in STORED_NAMES
    }
    return leads.assign(**columns)


def with_submissions(reader: Reader, filters: Filters, leads: pd.DataFrame) -> pd.DataFrame:
    """Return leads with `ambiguous` and `submission_id`, the id of the submission's first lead."""
    lead_ids = leads["lead_id"].tolist() if len(leads) < MANY_LEADS else None
    return joined_submissions(leads, website_submissions(reader, filters, lead_ids))


def rows_with_outcomes(
    reader: Reader, filters: Filters, plan: TrackingPlan, search: LeadSearch, order: LeadOrder
) -> pd.DataFrame:
    """Return lead_rows() with what became of each lead's submission (LEAD_OUTCOME_DTYPES)."""
    leads = lead_rows(reader, filters, search, order)
    lead_ids = leads["lead_id"].tolist() if len(leads) < MANY_LEADS else None
    return leads.merge(lead_outcomes(reader, filters, plan, lead_ids), on="lead_id", how="left")


def website_submissions(
    reader: Reader,
    filters: Filters,
    lead_ids: Sequence[str] | None,
) -> pd.DataFrame:
    """Return the submissions of all leads of some leads' websites, or (None) of all websites."""
    return submissions_of(reader, filters, measure_pairing(reader, filters), lead_ids)


def joined_submissions(leads: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return leads.merge(found[["lead_id", "submission_id", "ambiguous"]], on="lead_id", how="left")


def property_values(reader: Reader, filters: Filters) -> dict[str, list[str]]:
    """Return the values to choose from per property, the most frequent first."""
    found = reader.frame(
        "leads/choices",
        {"property": TEXT, "value": TEXT},
        properties=[*STORED_NAMES],
        **filters.binds,
    )
    return {name: found.loc[found["property"] == name, "value"].tolist() for name in STORED_NAMES}
