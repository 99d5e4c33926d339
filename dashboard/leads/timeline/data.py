"""One lead's activity timeline: all rows of its submission in the three tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pandas as pd

from dashboard.database.missing_leads import missing_leads
from dashboard.database.reading import COUNT, MOMENT, TEXT, Reader
from dashboard.leads.data import LEAD_ROW_DTYPES, joined_submissions, website_submissions
from dashboard.model.filters import Filters
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.ui.export import records

TIMELINE_LEAD = {**LEAD_ROW_DTYPES, "in_all": COUNT}


@dataclass(frozen=True)
class Timeline:
    """The rows of a lead's submission, and of others on the same website at the same time.

    One row per organization, lead and event, each oldest first.
    `organizations`: organization_id, name, session_id, website_url, owner, created_at.
    `leads`: the columns of the Leads page without properties, with submission_id and ambiguous;
    the chosen lead is among them. `events`: event_id, lead_id (null for an orphan), step, at,
    session_id. `leads_in_all` and `events_in_all` are the true numbers; the rows may be fewer.
    `own_sessions` are session ids of this submission alone. An event without a lead but with such
    an id belongs to the submission.
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
        """The rows of the lead's own submission alone; an orphan belongs to it by its session."""
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

        Its leads, and each lead's first event of every step, are the last to be left out.
        """
        own = self.submission
        leads_cut = self.leads_in_all > len(self.leads) == len(own.leads)
        of = self.events["lead_id"].fillna(self.events["session_id"])
        repeated = self.events.assign(of=of).duplicated(["of", "step"]).any()
        return leads_cut or (self.events_in_all > len(self.events) and not repeated)

    @property
    def name(self) -> str:
        """The business's name: this lead's, or else an analyzed lead's, or the organization's."""
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


def lead_timeline(
    reader: Reader,
    filters: Filters,
    lead_id: UUID,
    *,
    found: pd.DataFrame | None = None,
) -> Timeline | None:
    """Return all rows of a lead's submission; None where there is no such lead.

    The period does not apply, because a timeline is complete; `as_of` does. With `found`, the
    website's submissions, they are not matched again. Raises DatabaseProblem.
    """
    if found is None:
        found = website_submissions(reader, filters, [str(lead_id)])
    ids = found.set_index("lead_id")["submission_id"]
    if str(lead_id) not in ids.index:
        return None
    own = ids.index[ids == ids[str(lead_id)]].tolist()
    leads = reader.frame(
        "leads/timeline_leads",
        TIMELINE_LEAD,
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
        joined_submissions(leads.drop(columns="in_all"), found),
        events.drop(columns="in_all"),
        _in_all(leads),
        _in_all(events),
        frozenset(own_sessions),
    )


def _single_sessions(reader: Reader, filters: Filters, leads: pd.DataFrame) -> list[str]:
    """Return the session ids of these leads that no other website's leads have."""
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
        missing_leads=missing_leads(reader, filters.as_of),
        as_of=filters.as_of,
    )
