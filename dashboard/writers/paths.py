"""The tracking path and the analysis path, request by request, at a release of the system."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from dashboard.model.placeholder import PLACEHOLDER
from dashboard.writers.business import PLACEHOLDER_SLUG, FoundBusiness, business_of
from dashboard.writers.requests import step_of
from dashboard.writers.rows import NewLead, NewOrganization, RowWriter
from dashboard.writers.statements import WrittenRow

# 1: an unknown IP address is null. 2: the lead's INSERT has the session id. 3: the organization's
# INSERT has it. 4: the organization's UPDATE has it.
ALL_FIXES: Final = frozenset({1, 2, 3, 4})
UNKNOWN_IP: Final = "unknown"
# Takes how a slug begins and the id of the new organization.
NewSlug = Callable[[str, UUID], str]


@dataclass(frozen=True)
class Writers:
    """What a version of both paths writes, beside the fixes; the defaults are January's.

    Where tracking makes no lead, a call whose session has none is answered and dropped. The
    analysis gives its session id to the rows it inserts, or to an organization that is there.
    """

    tracking_makes_leads: bool = True
    analysis_makes_leads: bool = True
    analysis_inserts_session: bool = False
    analysis_updates_session: bool = True


# The analysis path was made to come second: its INSERTs have no session id.
JANUARY: Final = Writers()
# Since 2026-01-29 (ece936e), the two forms of the analysis: direct, and as a job.
DIRECT_FORM: Final = Writers(tracking_makes_leads=False, analysis_updates_session=False)
JOB_FORM: Final = Writers(
    tracking_makes_leads=False, analysis_makes_leads=False, analysis_inserts_session=True
)


@dataclass(frozen=True)
class SubmittingVisit:
    """One visitor submitting one website, as both write paths know it.

    The tracking path receives `session_id`. The analysis path knows `analysis_session_id`.
    `fixes` are those of the release. `sent_ip` is what a proxy sends for an address.
    """

    session_id: str | None
    analysis_session_id: str | None = None
    sent_ip: str | None = None
    fixes: frozenset[int] = ALL_FIXES
    writers: Writers = JANUARY

    @property
    def inserted_session_id(self) -> str | None:
        """Return the session id of the rows that the analysis inserts."""
        return self.analysis_session_id if self.writers.analysis_inserts_session else None

    @property
    def updated_session_id(self) -> str | None:
        """Return the session id that the analysis gives to an organization that is there."""
        known = self.analysis_session_id if self.writers.analysis_updates_session else None
        return self.since(4, known)

    def since(self, fix: int, session_id: str | None) -> str | None:
        """Return the session id where the release has the fix that writes it, else None."""
        return session_id if fix in self.fixes else None

    @property
    def ip_address(self) -> str | None:
        """Return the IP address of a lead's INSERT; nobody's own address is known here."""
        return self.sent_ip or (None if 1 in self.fixes else UNKNOWN_IP)


@dataclass(frozen=True)
class WritePaths:
    """The requests of both paths. They check, then insert, as the system does."""

    visit: SubmittingVisit
    rows: RowWriter
    new_slug: NewSlug

    def track(self, request: str) -> None:
        """Log a step on the newest lead of the session.

        Where there is none, make it or drop the step, as the writers do.
        """
        session_id = self.visit.session_id
        lead_id = self.rows.find_lead_of_session(request, session_id)
        if lead_id is None and not self.visit.writers.tracking_makes_leads:
            self.rows.statements.drop(f"{request}/step")
            return
        lead_id = lead_id or self._make_lead(request)
        self.rows.insert_event(f"{request}/step", lead_id, step_of(request), session_id)

    def save_analysis(self) -> None:
        """Save a finished analysis: the organization, and another lead with its event."""
        found, session_id = business_of(self.rows.website_url), self.visit.inserted_session_id
        organization_id = self._analyzed_organization(found)
        if not self.visit.writers.analysis_makes_leads:
            return
        lead_id = self._insert_lead("analysis", organization_id, session_id, found)
        self.rows.insert_event("analysis/capture", lead_id, "website_analysis", session_id)

    def _make_lead(self, request: str) -> UUID:
        session_id, organization_id = self.visit.session_id, self._tracked_organization(request)
        lead_id = self._insert_lead(request, organization_id, self.visit.since(2, session_id))
        self.rows.insert_event(f"{request}/capture", lead_id, "website_analysis", session_id)
        return lead_id

    def _tracked_organization(self, request: str) -> UUID:
        session_id, found = self.visit.session_id, self.rows.find_organization(request)
        if found is None:
            return self._insert_organization(
                request, PLACEHOLDER, PLACEHOLDER_SLUG, self.visit.since(3, session_id)
            )
        session_id = self.visit.since(4, session_id)
        self.rows.statements.write(
            f"{request}/organization",
            WrittenRow("organizations", found.row_id, session_id, found.session_id),
            "writers/track_organization",
            id=found.row_id,
            session_id=session_id,
        )
        return found.row_id

    def _analyzed_organization(self, business: FoundBusiness) -> UUID:
        found = self.rows.find_organization("analysis")
        if found is None:
            return self._insert_organization(
                "analysis", business.name, business.slug, self.visit.inserted_session_id
            )
        session_id = self.visit.updated_session_id
        self.rows.statements.write(
            "analysis/organization",
            WrittenRow("organizations", found.row_id, session_id, found.session_id),
            "writers/update_organization",
            id=found.row_id,
            name=business.name,
            session_id=session_id,
        )
        return found.row_id

    def _insert_organization(
        self, request: str, name: str, slug_beginning: str, session_id: str | None
    ) -> UUID:
        row_id = uuid4()
        slug = self.new_slug(slug_beginning, row_id)
        return self.rows.insert_organization(
            request, NewOrganization(row_id, name, slug, session_id)
        )

    def _insert_lead(
        self,
        request: str,
        organization_id: UUID,
        session_id: str | None,
        business: FoundBusiness | None = None,
    ) -> UUID:
        new = NewLead(organization_id, session_id, business, self.visit.ip_address)
        return self.rows.insert_lead(request, new)
