"""What every way of writing stands on: statements on one connection, and rows that are new.

The ids that writers give are noted, so that what is stored can be compared with what was meant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row

from dashboard.lab.conditions import Submission
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.submit.address import host
from dashboard.submit.visitor import Business
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

    def analyzed(self) -> None:
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
            "submit/insert_organization",
            id=row_id,
            name=called,
            slug=slug,
            session_id=session_id,
            website_url=self.submission.website_url,
        )
        return row_id

    def _add_lead(
        self, organization_id: UUID, session_id: str | None, analyzed: Business | None = None
    ) -> UUID:
        values = self._lead(organization_id, session_id, analyzed)
        self.statements.write("submit/insert_lead", ip_address=None, **values)
        return values["id"]  # type: ignore[no-any-return]

    def _lead(
        self, organization_id: UUID, session_id: str | None, analyzed: Business | None
    ) -> dict[str, Any]:
        """Return the values of a new lead, whose id is noted."""
        row_id, website_url = uuid4(), self.submission.website_url
        self.made.leads.append((row_id, self.submission.number))
        return {
            "id": row_id,
            "organization_id": organization_id,
            "session_id": session_id,
            "website_url": website_url,
            "website_domain": host(website_url),
            "business_name": analyzed.name if analyzed else PLACEHOLDER,
            "industry_category": analyzed and analyzed.industry,
            "business_type": analyzed and analyzed.business_type,
        }

    def _add_event(self, lead_id: UUID | None, step: str, session_id: str | None) -> UUID:
        row_id = uuid4()
        self.statements.write(
            "submit/insert_event",
            id=row_id,
            website_lead_id=lead_id,
            conversion_step=step,
            session_id=session_id,
            website_url=self.submission.website_url,
        )
        return row_id

    def _add_planned(self, lead_id: UUID | None, step: str, session_id: str | None) -> None:
        """Log one of the three planned events; the placeholder's own capture is none of them."""
        event_id = self._add_event(lead_id, step, session_id)
        self.made.events.append((event_id, self.submission.number))
