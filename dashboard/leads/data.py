"""Leads: how many a day, which ones, and everything that one of them left behind."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd

from dashboard.database.reading import COUNT, DAY, MOMENT, TEXT, Reader
from dashboard.matching.data import ANALYSIS_WINDOW, Pairing, measure_pairing, submissions_of
from dashboard.model.filters import Filters
from dashboard.model.periods import MOST_DAYS
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.properties import (
    NO_VALUE,
    STORED_NAMES,
    PropertyFilter,
    filter_bind,
    is_storable,
)
from dashboard.ui.export import records

PAGE_ROWS = 50
SORTS = ("created_at", "business_name", "website_url", *STORED_NAMES)
LEAD_ROW_DTYPES = {
    "lead_id": TEXT,
    "created_at": MOMENT,
    "business_name": TEXT,
    "website_url": TEXT,
    "session_id": TEXT,
    "organization_id": TEXT,
}
TIMELINED = {**LEAD_ROW_DTYPES, "in_all": COUNT}


@dataclass(frozen=True)
class Search:
    """What leads are looked for; None and an empty text are any."""

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
class Order:
    """How leads are sorted (one of SORTS) and which of them are asked for (None is all)."""

    sort: str = "created_at"
    descending: bool = True
    row_limit: int | None = None
    first_row: int = 0


@dataclass(frozen=True)
class Timeline:
    """What a lead's submission left, and what others left on the same website at the same time.

    One row per organization, lead and event, each oldest first.
    `organizations`: organization_id, name, session_id, website_url, owner, created_at.
    `leads`: as the rows of the Leads page, without properties, with submission_id and ambiguous;
    the chosen one is among them. `events`: event_id, lead_id (null for an orphan), step, at,
    session_id. `leads_in_all` and `events_in_all` are how many there are; the rows may be fewer.
    `own_sessions` are session ids of this submission and of no other: an event without lead that
    carries one is of it.
    """

    lead_id: str
    organizations: pd.DataFrame
    leads: pd.DataFrame
    events: pd.DataFrame
    leads_in_all: int
    events_in_all: int
    own_sessions: frozenset[str]

    @property
    def chosen(self) -> dict[str, Any]:
        """The lead whose timeline this is."""
        return next(each for each in records(self.leads) if each["lead_id"] == self.lead_id)

    @property
    def submission(self) -> "Timeline":
        """The rows of the lead's own submission alone; an orphan is of it by its session."""
        leads = self.leads[self.leads["submission_id"] == self.chosen["submission_id"]]
        events = self.events
        orphans = events["lead_id"].isna() & events["session_id"].isin(self.own_sessions)
        ids = self.organizations["organization_id"]
        return replace(
            self,
            leads=leads,
            events=events[events["lead_id"].isin(leads["lead_id"]) | orphans],
            organizations=self.organizations[ids.isin(leads["organization_id"].dropna())],
        )

    @property
    def is_cut(self) -> bool:
        """Whether rows of the lead's own submission may be left out.

        Its leads come first, and so does each lead's first event of every step.
        """
        own = self.submission
        leads_cut = self.leads_in_all > len(self.leads) == len(own.leads)
        of = self.events["lead_id"].fillna(self.events["session_id"])
        repeated = self.events.assign(of=of).duplicated(["of", "step"]).any()
        return leads_cut or (self.events_in_all > len(self.events) and not repeated)

    @property
    def name(self) -> str:
        """What the business is called: on this lead, else on an analyzed one, else as organized."""
        own = self.submission
        names = own.leads.set_index("lead_id")["business_name"].replace("", None).dropna()
        found = names[names != PLACEHOLDER]
        of_lead = own.organizations["organization_id"] == self.chosen["organization_id"]
        organized = own.organizations.loc[of_lead, "name"].replace("", None).dropna()
        candidates = [found.get(self.lead_id), *found, *organized, *names, "Lead without a name"]
        return next(str(each) for each in candidates if each)

    def as_json(self) -> dict[str, object]:
        """Return the `timeline` answer of the command line; its form is a contract (docs)."""
        organizations = records(self.organizations)
        own = self.chosen["organization_id"]
        chosen = [each for each in organizations if each["organization_id"] == own]
        return {
            "organization": next(iter(chosen or organizations), None),
            "leads": records(self.leads),
            "events": records(self.events),
            "leads_in_all": self.leads_in_all,
            "events_in_all": self.events_in_all,
        }


def pages(matching: int) -> int:
    """Return how many pages of the table that many leads fill; at least one."""
    return max(1, -(-matching // PAGE_ROWS))


def first_row(page: int, of_pages: int) -> int:
    """Return the number (from 0) of a page's first row; past the last page it is the last one's."""
    return (min(max(page, 1), of_pages) - 1) * PAGE_ROWS


def unit_around(days: int) -> str:
    """Return what a click on one of so many bars chooses: among very many, not a day."""
    return "month" if days > MOST_DAYS else "day"


def days_around(day: date, days: int) -> tuple[date, date]:
    """Return the first and last day that a click on a day's bar, one of so many, chooses."""
    if unit_around(days) == "day":
        return day, day
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def per_day(reader: Reader, filters: Filters, search: Search) -> pd.DataFrame:
    """Return matching leads per local day: `day`, `leads`; without a time they are on no day."""
    return reader.frame(
        "leads/per_day",
        {"day": DAY, "leads": COUNT},
        zone=filters.zone.key,
        **filters.binds,
        **search.binds,
    )


def lead_rows(reader: Reader, filters: Filters, search: Search, order: Order) -> pd.DataFrame:
    """Return matching leads, one row each, sorted and cut in the database.

    Columns are those of ROW and the stored properties, each with NO_VALUE where a lead has none.
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
    """Make columns of what the SQL files give as two arrays, names and values."""
    names, values = leads.pop("property_names"), leads.pop("property_values")
    each = [dict(zip(*pair, strict=True)) for pair in zip(names, values, strict=True)]
    columns = {
        name: pd.array([found[name] or NO_VALUE for found in each], dtype=TEXT)
        for name in STORED_NAMES
    }
    return leads.assign(**columns)


def with_submissions(reader: Reader, filters: Filters, leads: pd.DataFrame) -> pd.DataFrame:
    """Return leads with `submission_id`, that of its submission's first lead, and `ambiguous`."""
    return _joined(leads, submissions(reader, filters, leads["lead_id"].tolist()))


def submissions(
    reader: Reader, filters: Filters, lead_ids: Sequence[str], pairing: Pairing | None = None
) -> pd.DataFrame:
    """Return the submissions of all leads of some leads' websites; see `submissions_of`."""
    return submissions_of(reader, filters, pairing or measure_pairing(reader, filters), lead_ids)


def _joined(leads: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return leads.merge(found[["lead_id", "submission_id", "ambiguous"]], on="lead_id", how="left")


def choices(reader: Reader, filters: Filters) -> dict[str, list[str]]:
    """Return the values to choose from per property, the most frequent first."""
    found = reader.frame(
        "leads/choices",
        {"property": TEXT, "value": TEXT},
        properties=[*STORED_NAMES],
        **filters.binds,
    )
    return {name: found.loc[found["property"] == name, "value"].tolist() for name in STORED_NAMES}


def timeline(
    reader: Reader,
    filters: Filters,
    lead_id: UUID,
    pairing: Pairing | None = None,
    *,
    found: pd.DataFrame | None = None,
) -> Timeline | None:
    """Return what a lead's submission left in all three tables; None where there is no such lead.

    The period does not cut it: a timeline is whole. `as_of` does. `pairing` saves measuring it, and
    `found`, the website's `submissions`, saves merging them. Raises DatabaseProblem.
    """
    if found is None:
        found = submissions(reader, filters, [str(lead_id)], pairing)
    ids = found.set_index("lead_id")["submission_id"]
    if str(lead_id) not in ids.index:
        return None
    own = ids.index[ids == ids[str(lead_id)]].tolist()
    leads = reader.frame(
        "leads/timeline_leads",
        TIMELINED,
        lead_id=lead_id,
        own_ids=own,
        analysis_window=ANALYSIS_WINDOW,
        as_of=filters.as_of,
    )
    own_sessions = _single_sessions(reader, filters, leads[leads["lead_id"].isin(own)])
    events = _events(reader, filters, leads, own, own_sessions)
    return Timeline(
        str(lead_id),
        _organizations(reader, filters, leads),
        _joined(leads.drop(columns="in_all"), found),
        events.drop(columns="in_all"),
        _in_all(leads),
        _in_all(events),
        frozenset(own_sessions),
    )


def recorded_steps(reader: Reader, filters: Filters, names: Sequence[str]) -> frozenset[str]:
    """Return which of these steps the source had ever recorded, up to the as-of time.

    A step that it never had is not missing from a timeline. Raises DatabaseProblem.
    """
    found = reader.frame(
        "funnel/first_recorded", {"step": TEXT}, steps=[*names], until=None, as_of=filters.as_of
    )
    return frozenset(found["step"])


def _single_sessions(reader: Reader, filters: Filters, leads: pd.DataFrame) -> list[str]:
    """Return the session ids of these leads that submitted no other website."""
    carried = leads["session_id"].dropna().unique().tolist()
    found = reader.frame(
        "leads/single_sessions", {"session_id": TEXT}, session_ids=carried, as_of=filters.as_of
    )
    return found["session_id"].tolist()


def _in_all(rows: pd.DataFrame) -> int:
    return 0 if rows.empty else int(rows["in_all"].iloc[0])


def _organizations(reader: Reader, filters: Filters, leads: pd.DataFrame) -> pd.DataFrame:
    dtypes = {
        "organization_id": TEXT,
        "name": TEXT,
        "session_id": TEXT,
        "website_url": TEXT,
        "owner": TEXT,
        "created_at": MOMENT,
    }
    ids = leads["organization_id"].dropna().unique().tolist()
    return reader.frame(
        "leads/timeline_organizations", dtypes, organization_ids=ids, as_of=filters.as_of
    )


def _events(
    reader: Reader,
    filters: Filters,
    leads: pd.DataFrame,
    own: Sequence[str],
    own_sessions: Sequence[str],
) -> pd.DataFrame:
    dtypes = {
        "event_id": TEXT,
        "lead_id": TEXT,
        "step": TEXT,
        "at": MOMENT,
        "session_id": TEXT,
        "in_all": COUNT,
    }
    return reader.frame(
        "leads/timeline_events",
        dtypes,
        lead_ids=leads["lead_id"].tolist(),
        own_ids=[*own],
        own_sessions=[*own_sessions],
        session_ids=leads["session_id"].dropna().unique().tolist(),
        as_of=filters.as_of,
    )
