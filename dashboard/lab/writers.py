"""How the two paths write about one submission: as they do, as proposed, and as remedies.

Each request is one HTTP call: `started` and `completed` are the tracking path's, `analyzed` is what
the analysis path does when its work is done.
"""

from uuid import UUID, uuid4

from dashboard.lab.writing import NotYet, Rows
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.submit.visitor import PLACEHOLDER_SLUG, Business, business


class AsIs(Rows):
    """Check, then insert, with all four fixes; the analysis path knows no session id."""

    @property
    def _analysis_session(self) -> str | None:
        return None

    def started(self) -> None:
        """Track `analysis_started`."""
        self._track("analysis_started")

    def analyzed(self) -> None:
        """Save what was found: the organization, always another lead, its capture."""
        found, session_id = business(self.submission.website_url), self._analysis_session
        organization_id = self._analyzed_organization(found, session_id)
        lead_id = self._add_lead(organization_id, session_id, found)
        self._add_planned(lead_id, "website_analysis", session_id)

    def completed(self) -> None:
        """Track `analysis_completed`."""
        self._track("analysis_completed")

    def _track(self, step: str) -> None:
        lead_id = self._lead_of_session() or self._make_lead()
        self._add_planned(lead_id, step, self.submission.session_id)

    def _lead_of_session(self) -> UUID | None:
        found = self.statements.look(
            "submit/lead_of_session", session_id=self.submission.session_id
        )
        return found.id if found else None

    def _make_lead(self) -> UUID:
        session_id = self.submission.session_id
        lead_id = self._add_lead(self._tracked_organization(), session_id)
        self._add_event(lead_id, "website_analysis", session_id)
        return lead_id

    def _tracked_organization(self) -> UUID:
        session_id, organization_id = self.submission.session_id, self._organization()
        if organization_id is None:
            return self._add_organization(PLACEHOLDER, self._slug(PLACEHOLDER_SLUG), session_id)
        self.statements.write(
            "submit/track_organization", id=organization_id, session_id=session_id
        )
        return organization_id

    def _analyzed_organization(self, found: Business, session_id: str | None) -> UUID:
        organization_id = self._organization()
        if organization_id is None:
            return self._add_organization(found.name, self._slug(found.slug), session_id)
        self.statements.write(
            "submit/update_organization", id=organization_id, name=found.name, session_id=session_id
        )
        return organization_id

    def _organization(self) -> UUID | None:
        found = self.statements.look(
            "submit/organization_of_website", website_url=self.submission.website_url
        )
        return found.id if found else None

    def _slug(self, beginning: str) -> str:
        """Number the slug, check, then insert: who looks at the same moment gets the same one."""
        found = self.statements.look("lab/next_number")
        return f"{beginning}-{found.number if found else 1}"


class AsIsWithSession(AsIs):
    """The same, but the analysis path carries the visitor's session id."""

    @property
    def _analysis_session(self) -> str | None:
        return self.submission.session_id


class NeverCreates(AsIsWithSession):
    """Tracking makes no lead: without one its event is stored with the session id alone."""

    def _track(self, step: str) -> None:
        self._add_planned(self._lead_of_session(), step, self.submission.session_id)


class WaitsForLead(AsIsWithSession):
    """Tracking makes no lead: it waits until the analysis path has made one."""

    def _track(self, step: str) -> None:
        lead_id = self._lead_of_session()
        if lead_id is None:
            raise NotYet
        self._add_planned(lead_id, step, self.submission.session_id)


class OneLead(Rows):
    """One lead per submission, whichever path comes first: look, then insert."""

    def started(self) -> None:
        """Track `analysis_started`."""
        self._track("analysis_started")

    def analyzed(self) -> None:
        """Save what was found on the lead that is there, or on a new one."""
        session_id = self.submission.session_id
        lead_id = self._lead_with(business(self.submission.website_url))
        self._add_planned(lead_id, "website_analysis", session_id)

    def completed(self) -> None:
        """Track `analysis_completed`."""
        self._track("analysis_completed")

    def _track(self, step: str) -> None:
        lead_id = self._find_lead() or self._lead_with(None)
        self._add_planned(lead_id, step, self.submission.session_id)

    def _lead_with(self, found: Business | None) -> UUID:
        organization_id, lead_id = self._organization_with(found), self._find_lead()
        if lead_id is None:
            return self._add_lead(organization_id, self.submission.session_id, found)
        if found:
            self.statements.write(
                "lab/analyze_lead",
                id=lead_id,
                business_name=found.name,
                industry_category=found.industry,
                business_type=found.business_type,
            )
        return lead_id

    def _organization_with(self, found: Business | None) -> UUID:
        there = self.statements.look(
            "submit/organization_of_website", website_url=self.submission.website_url
        )
        if there is None:
            name = found.name if found else PLACEHOLDER
            return self._add_organization(name, self._slug(), self.submission.session_id)
        if found:
            self.statements.write(
                "lab/name_organization",
                id=there.id,
                name=found.name,
                session_id=self.submission.session_id,
            )
        return there.id  # type: ignore[no-any-return]

    def _find_lead(self) -> UUID | None:
        found = self.statements.look(
            "lab/lead_of_submission",
            session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )
        return found.id if found else None

    def _slug(self) -> str:
        """Make a slug that needs no look-up."""
        return f"{business(self.submission.website_url).slug}-{uuid4().hex[:12]}"


class Locked(OneLead):
    """The same, behind a lock on the website that lasts as long as the transaction.

    The lock is a statement of its own: at READ COMMITTED the look-up after it begins when it is
    held, and sees what the one before has committed.
    """

    def _track(self, step: str) -> None:
        self._lock()
        super()._track(step)

    def analyzed(self) -> None:
        """Save what was found, alone on this website."""
        self._lock()
        super().analyzed()

    def _lock(self) -> None:
        self.statements.look("lab/lock_website", website_url=self.submission.website_url)


class Upserted(OneLead):
    """Every row by its key, in one statement each, always the organization before the lead."""

    def _lead_with(self, found: Business | None) -> UUID:
        organization_id = self._organization_with(found)
        values = self._lead(organization_id, self.submission.session_id, found)
        return self._returned("lab/upsert_lead", **values)

    def _organization_with(self, found: Business | None) -> UUID:
        return self._returned(
            "lab/upsert_organization",
            id=uuid4(),
            name=found and found.name,
            placeholder=PLACEHOLDER,
            slug=self._slug(),
            session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )

    def _returned(self, question: str, /, **binds: object) -> UUID:
        found = self.statements.look(question, **binds)
        assert found, "an upsert that updates always returns its row"  # noqa: S101 - tells mypy
        return found.id  # type: ignore[no-any-return]
