"""How each write strategy writes about one submission: as it is, as proposed, and as remedies.

Each request is one HTTP call: `started` and `completed` are the tracking path's. The analysis path
makes `analyzed` when its work is done.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid4

from dashboard.lab.conditions import LabSubmission
from dashboard.lab.statements import LabStatements
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.writers.business import FoundBusiness, business_of
from dashboard.writers.paths import DIRECT_FORM, JOB_FORM, SubmittingVisit, WritePaths, Writers
from dashboard.writers.requests import step_of
from dashboard.writers.rows import NewLead, NewOrganization, RowWriter
from dashboard.writers.statements import WrittenRow


class NotYet(Exception):
    """The row that the request needs is not there yet: it waits and looks again."""


@dataclass(frozen=True)
class LabWriter(ABC):
    """The three requests of a submission, as one strategy writes them."""

    statements: LabStatements
    submission: LabSubmission

    def started(self) -> None:
        """Track `analysis_started`."""
        self._track("started")

    def completed(self) -> None:
        """Track `analysis_completed`."""
        self._track("completed")

    @abstractmethod
    def analyzed(self) -> None:
        """Save a finished analysis."""

    @property
    def _rows(self) -> RowWriter:
        return RowWriter(self.statements, self.submission.website_url)

    @abstractmethod
    def _track(self, request: str) -> None:
        """Store the event of `started` or `completed`, with the lead that it needs."""

    def _log_step(self, request: str, lead_id: UUID | None) -> None:
        step, session_id = step_of(request), self.submission.session_id
        self._rows.insert_event(f"{request}/step", lead_id, step, session_id)


class AsItIs(LabWriter):
    """Both paths of the system with all four fixes; the analysis path knows no session id."""

    writers: ClassVar = Writers(analysis_updates_session=False)

    def analyzed(self) -> None:
        """Save the analysis as the system does."""
        self._paths.save_analysis()

    def _track(self, request: str) -> None:
        self._paths.track(request)

    @property
    def _paths(self) -> WritePaths:
        session_id = self.submission.session_id
        visit = SubmittingVisit(session_id, session_id, writers=self.writers)
        return WritePaths(visit, self._rows, self._new_slug)

    def _new_slug(self, beginning: str, _: UUID) -> str:
        """Number the slug, check, then insert: at the same moment all get the same number."""
        found = self.statements.look("organization/number", "lab/next_number")
        return f"{beginning}-{found.number if found else 1}"


class AsItIsWithSession(AsItIs):
    """The same, but the analysis path has the visitor's session id."""

    writers = Writers(analysis_inserts_session=True)


class DirectForm(AsItIs):
    """Both paths since 2026-01-29, the analysis in its direct form."""

    writers = DIRECT_FORM


class JobForm(AsItIs):
    """Both paths since 2026-01-29, the analysis as a job."""

    writers = JOB_FORM


class NeverCreates(AsItIsWithSession):
    """Tracking makes no lead: without one its event is stored with the session id alone."""

    def _track(self, request: str) -> None:
        session_id = self.submission.session_id
        self._log_step(request, self._rows.find_lead_of_session(request, session_id))


class WaitsForLead(AsItIsWithSession):
    """Tracking makes no lead: it waits until the analysis path has made one."""

    def _track(self, request: str) -> None:
        lead_id = self._rows.find_lead_of_session(request, self.submission.session_id)
        if lead_id is None:
            raise NotYet
        self._log_step(request, lead_id)


class OneLead(LabWriter):
    """One lead per submission, whichever path comes first: look, then insert."""

    def analyzed(self) -> None:
        """Save the analysis on the lead that is there, or on a new one."""
        lead_id = self._lead_with("analysis", business_of(self.submission.website_url))
        session_id = self.submission.session_id
        self._rows.insert_event("analysis/capture", lead_id, "website_analysis", session_id)

    def _track(self, request: str) -> None:
        lead_id = self._find_lead(request) or self._lead_with(request, None)
        self._log_step(request, lead_id)

    def _lead_with(self, request: str, found: FoundBusiness | None) -> UUID:
        organization_id = self._organization_with(request, found)
        lead_id = self._find_lead(request)
        if lead_id is None:
            new = NewLead(organization_id, self.submission.session_id, found)
            return self._rows.insert_lead(request, new)
        if found:
            self._analyze_lead(lead_id, found)
        return lead_id

    def _organization_with(self, request: str, found: FoundBusiness | None) -> UUID:
        there, session_id = self._rows.find_organization(request), self.submission.session_id
        if there is None:
            name = found.name if found else PLACEHOLDER
            new = NewOrganization(uuid4(), name, self._new_slug(), session_id)
            return self._rows.insert_organization(request, new)
        if found:
            self._name_organization(there.row_id, found)
        return there.row_id

    def _name_organization(self, organization_id: UUID, found: FoundBusiness) -> None:
        self.statements.write(
            "analysis/organization",
            WrittenRow("organizations", organization_id),
            "lab/name_organization",
            id=organization_id,
            name=found.name,
            session_id=self.submission.session_id,
        )

    def _analyze_lead(self, lead_id: UUID, found: FoundBusiness) -> None:
        self.statements.write(
            "analysis/lead",
            WrittenRow("website_leads", lead_id),
            "lab/analyze_lead",
            id=lead_id,
            business_name=found.name,
            industry_category=found.industry,
            business_type=found.business_type,
        )

    def _find_lead(self, request: str) -> UUID | None:
        found = self.statements.look(
            f"{request}/lead_of_submission",
            "lab/lead_of_submission",
            session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )
        return found.id if found else None

    def _new_slug(self) -> str:
        """Make a slug that needs no look-up."""
        return f"{business_of(self.submission.website_url).slug}-{uuid4().hex[:12]}"


class Locked(OneLead):
    """The same, behind a lock on the website that lasts as long as the transaction.

    The lock is a statement of its own. At READ COMMITTED the look-up after it begins when the lock
    is held, and sees what the transaction before has committed.
    """

    def analyzed(self) -> None:
        """Save the analysis, alone on this website."""
        self._lock("analysis")
        super().analyzed()

    def _track(self, request: str) -> None:
        self._lock(request)
        super()._track(request)

    def _lock(self, request: str) -> None:
        website_url = self.submission.website_url
        self.statements.look(f"{request}/lock", "lab/lock_website", website_url=website_url)


class Upserted(OneLead):
    """Every row by its key, in one statement each, always the organization before the lead."""

    def _lead_with(self, request: str, found: FoundBusiness | None) -> UUID:
        organization_id, row_id = self._organization_with(request, found), uuid4()
        new = NewLead(organization_id, self.submission.session_id, found)
        return self.statements.upsert(
            f"{request}/lead",
            WrittenRow("website_leads", row_id),
            "lab/upsert_lead",
            **self._rows.lead_values(row_id, new),
        )

    def _organization_with(self, request: str, found: FoundBusiness | None) -> UUID:
        row_id = uuid4()
        return self.statements.upsert(
            f"{request}/organization",
            WrittenRow("organizations", row_id),
            "lab/upsert_organization",
            id=row_id,
            name=found and found.name,
            placeholder=PLACEHOLDER,
            slug=self._new_slug(),
            session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )
