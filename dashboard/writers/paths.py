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
class SubmittingVisit:
    """One visitor submitting one website, as both write paths know it.

    The tracking path receives `session_id`. The analysis path has session ids of its own: it gives
    `analysis_session_id` to new rows and `update_session_id` to an organization that is there.
    `fixes` are those of the release. `sent_ip` is what a proxy sends for an address.
    """

    session_id: str | None
    analysis_session_id: str | None = None
    update_session_id: str | None = None
    sent_ip: str | None = None
    fixes: frozenset[int] = ALL_FIXES

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
        """Log a step on the newest lead of the session; make a lead where there is none."""
        session_id = self.visit.session_id
        lead_id = self.rows.find_lead_of_session(request, session_id) or self._make_lead(request)
        self.rows.insert_event(f"{request}/step", lead_id, step_of(request), session_id)

    def save_analysis(self) -> None:
        """Save a finished analysis: the organization, always another lead, its event."""
        found, session_id = business_of(self.rows.website_url), self.visit.analysis_session_id
        organization_id = self._analyzed_organization(found)
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
                "analysis", business.name, business.slug, self.visit.analysis_session_id
            )
        session_id = self.visit.since(4, self.visit.update_session_id)
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
