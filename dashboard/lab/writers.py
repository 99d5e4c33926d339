"""How the two paths write about one submission: as they do, as proposed, and as cures.

Each request is one HTTP call: `started` and `completed` are the tracking path's, `analysed` is what
the analysis path does when its work is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row

from dashboard.lab.conditions import Submission
from dashboard.shared.leads import PLACEHOLDER
from dashboard.submit.address import host
from dashboard.submit.visitor import PLACEHOLDER_SLUG, Business, business
from queries import load


class NotYet(Exception):
    """What the request needs is not there yet: it waits and looks again."""


@dataclass
class Made:
    """The ids that writers gave to rows, each with its submission; whether they are stored or not.

    Safe between threads: nothing but appending.
    """

    leads: list[tuple[UUID, int]] = field(default_factory=list)
    events: list[tuple[UUID, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Statements:
    """Runs statements on one connection; `after_each` may end the request in its middle."""

    connection: Connection
    after_each: Callable[[], None]

    def look(self, question: str, /, **binds: object) -> Row[Any] | None:
        """Return the first row of a question, None where there is none."""
        found = self.connection.execute(load(question).bind(binds)).first()
        self.after_each()
        return found

    def write(self, question: str, /, **binds: object) -> None:
        """Run a statement that returns nothing."""
        self.connection.execute(load(question).bind(binds))
        self.after_each()


class Writer(Protocol):
    """The three requests of a submission."""

    def __init__(self, statements: Statements, submission: Submission, made: Made) -> None:
        """Write with these statements about this submission."""

    def started(self) -> None:
        """Track `analysis_started`."""

    def analysed(self) -> None:
        """Save a finished analysis."""

    def completed(self) -> None:
        """Track `analysis_completed`."""


@dataclass(frozen=True)
class Rows:
    """What all writers share: adding rows that were not there."""

    statements: Statements
    submission: Submission
    made: Made

    def _add_organization(self, called: str, slug: str, session_id: str | None) -> UUID:
        row_id = uuid4()
        self.statements.write(
            "submit/insert_organization", id=row_id, name=called, slug=slug,
            session_id=session_id, website_url=self.submission.website_url,
        )  # fmt: skip
        return row_id

    def _add_lead(
        self, organization_id: UUID, session_id: str | None, analysed: Business | None = None
    ) -> UUID:
        values = self._lead(organization_id, session_id, analysed)
        self.statements.write("submit/insert_lead", ip_address=None, **values)
        return values["id"]  # type: ignore[no-any-return]

    def _lead(
        self, organization_id: UUID, session_id: str | None, analysed: Business | None
    ) -> dict[str, Any]:
        """Return the values of a new lead, whose id is noted."""
        row_id, website_url = uuid4(), self.submission.website_url
        self.made.leads.append((row_id, self.submission.number))
        return {
            "id": row_id, "organization_id": organization_id, "session_id": session_id,
            "website_url": website_url, "website_domain": host(website_url),
            "business_name": analysed.name if analysed else PLACEHOLDER,
            "industry_category": analysed and analysed.industry,
            "business_type": analysed and analysed.business_type,
        }  # fmt: skip

    def _add_event(self, lead_id: UUID | None, step: str, session_id: str | None) -> UUID:
        row_id = uuid4()
        self.statements.write(
            "submit/insert_event", id=row_id, website_lead_id=lead_id, conversion_step=step,
            session_id=session_id, website_url=self.submission.website_url,
        )  # fmt: skip
        return row_id

    def _add_planned(self, lead_id: UUID | None, step: str, session_id: str | None) -> None:
        """Log one of the three planned events; the placeholder's own capture is none of them."""
        event_id = self._add_event(lead_id, step, session_id)
        self.made.events.append((event_id, self.submission.number))


class AsIs(Rows):
    """Check, then insert, with all four fixes; the analysis path knows no session id."""

    @property
    def _analysis_session(self) -> str | None:
        return None

    def started(self) -> None:
        """Track `analysis_started`."""
        self._track("analysis_started")

    def analysed(self) -> None:
        """Save what was found: the organization, always another lead, its capture."""
        found, session_id = business(self.submission.website_url), self._analysis_session
        organization_id = self._analysed_organization(found, session_id)
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

    def _analysed_organization(self, found: Business, session_id: str | None) -> UUID:
        organization_id = self._organization()
        if organization_id is None:
            return self._add_organization(found.name, self._slug(found.slug), session_id)
        self.statements.write(
            "submit/update_organization", id=organization_id, name=found.name,
            session_id=session_id,
        )  # fmt: skip
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

    def analysed(self) -> None:
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
                "lab/analyse_lead", id=lead_id, business_name=found.name,
                industry_category=found.industry, business_type=found.business_type,
            )  # fmt: skip
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
                "lab/name_organization", id=there.id, name=found.name,
                session_id=self.submission.session_id,
            )  # fmt: skip
        return there.id  # type: ignore[no-any-return]

    def _find_lead(self) -> UUID | None:
        found = self.statements.look(
            "lab/lead_of_submission", session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )  # fmt: skip
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

    def analysed(self) -> None:
        """Save what was found, alone on this website."""
        self._lock()
        super().analysed()

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
            "lab/upsert_organization", id=uuid4(), name=found and found.name,
            placeholder=PLACEHOLDER, slug=self._slug(), session_id=self.submission.session_id,
            website_url=self.submission.website_url,
        )  # fmt: skip

    def _returned(self, question: str, /, **binds: object) -> UUID:
        found = self.statements.look(question, **binds)
        assert found, "an upsert that updates always returns its row"  # noqa: S101 - tells mypy
        return found.id  # type: ignore[no-any-return]
