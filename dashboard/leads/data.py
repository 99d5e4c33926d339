"""Leads: how many a day, which ones, and everything that one of them left behind."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pandas as pd

from dashboard.database.reading import COUNT, DAY, MOMENT, TEXT, Reader
from dashboard.shared.export import records
from dashboard.shared.filters import Filters
from dashboard.shared.leads import PLACEHOLDER
from dashboard.shared.merging import ANALYSIS_WINDOW, measure_pairing, submissions_of

PAGE_ROWS = 50
MOST_DAYS = 92
SORTS = ("created_at", "business_name", "website_url", "lead_source", "status")
ROW = {
    "lead_id": TEXT, "created_at": MOMENT, "business_name": TEXT, "website_url": TEXT,
    "session_id": TEXT, "organization_id": TEXT, "lead_source": TEXT, "campaign": TEXT,
    "industry": TEXT, "status": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What leads are looked for; an empty tuple, None or an empty text is any."""

    sources: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    has_session: bool | None = None
    has_events: bool | None = None
    text: str = ""

    @property
    def binds(self) -> dict[str, object]:
        """The search under the names that the SQL files use."""
        chosen = {
            "sources": self.sources, "campaigns": self.campaigns, "industries": self.industries,
            "statuses": self.statuses,
        }  # fmt: skip
        return {
            **{name: list(values) or None for name, values in chosen.items()},
            "has_session": self.has_session,
            "has_events": self.has_events,
            "search": "".join(filter(str.isprintable, self.text)).strip() or None,
        }


@dataclass(frozen=True)
class Order:
    """How leads are sorted (one of SORTS) and which of them are asked for (None is all)."""

    sort: str = "created_at"
    descending: bool = True
    row_limit: int | None = None
    first_row: int = 0


@dataclass(frozen=True)
class Trace:
    """What a lead left: one row per organization, lead and event, each oldest first.

    `organizations`: organization_id, name, session_id, website_url, owner, created_at.
    `leads`: as the rows of the Leads page, without properties; the chosen one is among them.
    `events`: event_id, lead_id (null for an orphan), step, at, session_id.
    """

    lead_id: str
    organizations: pd.DataFrame
    leads: pd.DataFrame
    events: pd.DataFrame

    @property
    def name(self) -> str:
        """What the business is called: on this lead, else on an analysed one, else as organized."""
        leads = self.leads.set_index("lead_id")
        names = leads["business_name"].replace("", None).dropna()
        found = names[names != PLACEHOLDER]
        own = self.organizations["organization_id"] == leads["organization_id"].get(self.lead_id)
        organized = self.organizations.loc[own, "name"].replace("", None).dropna()
        candidates = [found.get(self.lead_id), *found, *organized, *names, "Lead without a name"]
        return next(str(each) for each in candidates if each)

    def as_json(self) -> dict[str, object]:
        """Return the `trace` answer of the command line; its form is a contract (docs)."""
        belongs = self.leads.set_index("lead_id")["organization_id"]
        own = belongs.get(self.lead_id)
        organizations = records(self.organizations)
        chosen = [each for each in organizations if each["organization_id"] == own]
        return {
            "organization": next(iter(chosen or organizations), None),
            "leads": records(self.leads),
            "events": records(self.events),
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
        "leads/per_day", {"day": DAY, "leads": COUNT},
        zone=filters.zone.key, **filters.binds, **search.binds,
    )  # fmt: skip


def rows(reader: Reader, filters: Filters, search: Search, order: Order) -> pd.DataFrame:
    """Return matching leads, one row each, sorted and cut in the database; columns as in ROW."""
    return reader.frame(
        "leads/rows", ROW,
        sort=order.sort, descending=order.descending, row_limit=order.row_limit,
        first_row=order.first_row, **filters.binds, **search.binds,
    )  # fmt: skip


def with_submissions(reader: Reader, filters: Filters, leads: pd.DataFrame) -> pd.DataFrame:
    """Return leads with `submission_id`, that of its submission's first lead, and `ambiguous`."""
    found = submissions_of(
        reader, filters, measure_pairing(reader, filters, ANALYSIS_WINDOW),
        leads["lead_id"].tolist(),
    )  # fmt: skip
    return leads.merge(found[["lead_id", "submission_id", "ambiguous"]], on="lead_id", how="left")


def choices(reader: Reader, filters: Filters) -> dict[str, list[str]]:
    """Return the values to choose from per property, the most frequent first."""
    found = reader.frame("leads/choices", {"property": TEXT, "value": TEXT}, **filters.binds)
    return {
        name: found.loc[found["property"] == name, "value"].tolist()
        for name in ("sources", "campaigns", "industries", "statuses")
    }


def trace(reader: Reader, filters: Filters, lead_id: UUID) -> Trace | None:
    """Return what a lead's submission left in all three tables; None where there is no such lead.

    The period does not cut it: a trace is whole. `as_of` does.
    """
    columns = dict(list(ROW.items())[:6])
    leads = reader.frame(
        "leads/trace_leads", columns, lead_id=lead_id, near=ANALYSIS_WINDOW, as_of=filters.as_of
    )
    if str(lead_id) not in set(leads["lead_id"]):
        return None
    return Trace(
        str(lead_id), _organizations(reader, leads), leads, _events(reader, filters, leads)
    )


def _organizations(reader: Reader, leads: pd.DataFrame) -> pd.DataFrame:
    dtypes = {
        "organization_id": TEXT, "name": TEXT, "session_id": TEXT, "website_url": TEXT,
        "owner": TEXT, "created_at": MOMENT,
    }  # fmt: skip
    ids = leads["organization_id"].dropna().unique().tolist()
    return reader.frame("leads/trace_organizations", dtypes, organization_ids=ids)


def _events(reader: Reader, filters: Filters, leads: pd.DataFrame) -> pd.DataFrame:
    dtypes = {"event_id": TEXT, "lead_id": TEXT, "step": TEXT, "at": MOMENT, "session_id": TEXT}
    return reader.frame(
        "leads/trace_events", dtypes,
        lead_ids=leads["lead_id"].tolist(),
        session_ids=leads["session_id"].dropna().unique().tolist(),
        as_of=filters.as_of,
    )  # fmt: skip
