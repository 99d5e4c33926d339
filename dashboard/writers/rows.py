"""Single rows of the three tables as the system's writers look them up and insert them."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from dashboard.model.hosts import host_of
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.writers.business import FoundBusiness
from dashboard.writers.statements import Statements, WrittenRow


@dataclass(frozen=True)
class NewOrganization:
    """An organization that a website does not have yet."""

    row_id: UUID
    name: str
    slug: str
    session_id: str | None


@dataclass(frozen=True)
class NewLead:
    """A lead to insert; without a business it is a placeholder."""

    organization_id: UUID
    session_id: str | None
    business: FoundBusiness | None = None
    ip_address: str | None = None


@dataclass(frozen=True)
class FoundOrganization:
    """The organization of a website; of several, the oldest."""

    row_id: UUID
    session_id: str | None


@dataclass(frozen=True)
class RowWriter:
    """Looks up and inserts the rows of one website. `request` and `call` name what is made."""

    statements: Statements
    website_url: str

    def find_lead_of_session(self, request: str, session_id: str | None) -> UUID | None:
        """Return the newest lead of a session."""
        found = self.statements.look(
            f"{request}/lead_of_session", "writers/lead_of_session", session_id=session_id
        )
        return found.id if found else None

    def find_organization(self, request: str) -> FoundOrganization | None:
        """Return the organization of the website."""
        found = self.statements.look(
            f"{request}/find", "writers/organization_of_website", website_url=self.website_url
        )
        return FoundOrganization(found.id, found.session_id) if found else None

    def insert_organization(self, request: str, new: NewOrganization) -> UUID:
        """Insert an organization and return its id."""
        self.statements.write(
            f"{request}/organization",
            WrittenRow("organizations", new.row_id, new.session_id),
            "writers/insert_organization",
            id=new.row_id,
            name=new.name,
            slug=new.slug,
            session_id=new.session_id,
            website_url=self.website_url,
        )
        return new.row_id

    def insert_lead(self, request: str, new: NewLead) -> UUID:
        """Insert a lead and return its id."""
        row_id = uuid4()
        self.statements.write(
            f"{request}/lead",
            WrittenRow("website_leads", row_id),
            "writers/insert_lead",
            ip_address=new.ip_address,
            **self.lead_values(row_id, new),
        )
        return row_id

    def lead_values(self, row_id: UUID, new: NewLead) -> dict[str, object]:
        """Return the values that every statement which adds a lead binds."""
        return {
            "id": row_id,
            "organization_id": new.organization_id,
            "session_id": new.session_id,
            "website_url": self.website_url,
            "website_domain": host_of(self.website_url),
            "business_name": new.business.name if new.business else PLACEHOLDER,
            "industry_category": new.business and new.business.industry,
            "business_type": new.business and new.business.business_type,
        }

    def insert_event(
        self, call: str, lead_id: UUID | None, step: str, session_id: str | None
    ) -> None:
        """Log an event of a lead; without a lead only its session id places it."""
        row_id = uuid4()
        self.statements.write(
            call,
            WrittenRow("conversion_tracking", row_id),
            "writers/insert_event",
            id=row_id,
            website_lead_id=lead_id,
            conversion_step=step,
            session_id=session_id,
            website_url=self.website_url,
        )
