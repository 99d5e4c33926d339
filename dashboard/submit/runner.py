"""Both paths of one submission, as they are at the chosen release."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final
from uuid import UUID, uuid4

from dashboard.model.placeholder import PLACEHOLDER
from dashboard.submit.address import host
from dashboard.submit.calling import Caller, RequestFailed
from dashboard.submit.choices import Visitor
from dashboard.submit.sandbox import Written
from dashboard.submit.together import Meeting, run_together
from dashboard.submit.visitor import PLACEHOLDER_SLUG, Business, business
from dashboard.submit.workflow import step_of

SOMEBODY: Final = UUID("00000000-0000-4000-8000-000000000001")
# The requests that look for the organization when all others do, where that was chosen.
MEETING: Final = ("started", "analysis")


def prepare(caller: Caller) -> None:
    """Do what has to be there before the visitor comes: the owner's organization."""
    if caller.job.choices.visitor is Visitor.OWNED:
        with suppress(RequestFailed):
            Paths(caller).own()


def run(caller: Caller, meeting: Meeting | None = None) -> None:
    """Make all calls of a submission, one path after the other; a failed request ends there.

    With a meeting the first request of either path is made at the same moment. Raises
    DatabaseProblem where the calls can't be noted, and GivenUp.
    """
    paths = Paths(caller, meeting)
    first = (paths.track_start, paths.analyze)
    if meeting:
        run_together([partial(_request, each, meeting) for each in first])
    else:
        for each in first:
            _request(each)
    _request(paths.track_completion)


def go_on(caller: Caller, step: str) -> None:
    """Make the tracking call of a step that the visitor takes after the analysis."""
    _request(partial(Paths(caller).track, step))


def _request(request: Callable[[], None], meeting: Meeting | None = None) -> None:
    try:
        with suppress(RequestFailed):
            request()
    finally:
        if meeting:
            meeting.leave()


@dataclass(frozen=True)
class Paths:
    """The requests of both paths; each raises RequestFailed at its first call that fails."""

    caller: Caller
    meeting: Meeting | None = None

    # --- the tracking path: POST /api/v1/leads/track-conversion ---

    def track_start(self) -> None:
        """Track `analysis_started`."""
        self.track("started")

    def track_completion(self) -> None:
        """Track `analysis_completed`."""
        self.track("completed")

    def track(self, request: str) -> None:
        """Log a step for the newest lead of the session; where there is none, make one."""
        session_id = self.caller.job.sent_session_id
        found = self.caller.look(
            f"{request}/lead_of_session", "submit/lead_of_session", session_id=session_id
        )
        lead_id = found.id if found else self._make_lead(request, session_id)
        self._insert_event(f"{request}/step", lead_id, step_of(request), session_id)

    def _make_lead(self, request: str, session_id: str | None) -> UUID:
        organization_id = self._tracked_organization(request, session_id)
        name = f"{request}/lead"
        lead_id = self._insert_lead(name, organization_id, PLACEHOLDER, self._since(2, session_id))
        self._insert_event(f"{request}/capture", lead_id, "website_analysis", session_id)
        return lead_id

    def _tracked_organization(self, request: str, session_id: str | None) -> UUID:
        name = f"{request}/organization"
        found = self._find_organization(request)
        if not found:
            return self._insert_organization(
                name, PLACEHOLDER, PLACEHOLDER_SLUG, self._since(3, session_id)
            )
        organization_id, before = found
        session_id = self._since(4, session_id)
        self.caller.write(
            name,
            Written("organizations", organization_id, session_id, before),
            "submit/track_organization",
            id=organization_id,
            session_id=session_id,
        )
        return organization_id

    # --- the analysis path: it knows the business, and not the session of the tracking ---

    def analyze(self) -> None:
        """Analyse the website, which touches no table, then save what was found."""
        self._work()
        found = business(self.caller.job.website_url)
        organization_id = self._analyzed_organization(found)
        lead_id = self._insert_lead("analysis/lead", organization_id, found.name, None, found)
        self._insert_event("analysis/capture", lead_id, "website_analysis", None)

    def _work(self) -> None:
        calls = [call for call in self.caller.job.plan.expected if call.path == "analysis"]
        for call, following in pairwise(calls):
            if call.kind == "work":
                self.caller.work(call, following)

    def _analyzed_organization(self, analyzed: Business) -> UUID:
        name = "analysis/organization"
        found = self._find_organization("analysis")
        if not found:
            # It was never meant to come first: what it inserts has no session id.
            return self._insert_organization(name, analyzed.name, analyzed.slug, None)
        organization_id, before = found
        session_id = self._since(4, self.caller.job.sent_older_session_id)
        self.caller.write(
            name,
            Written("organizations", organization_id, session_id, before),
            "submit/update_organization",
            id=organization_id,
            name=analyzed.name,
            session_id=session_id,
        )
        return organization_id

    # --- the owner of a website, who came before the visitor ---

    def own(self) -> None:
        """Give the website's organization to somebody, or create it for them."""
        name, found = "owner/organization", self._find_organization("owner")
        if found:
            row_id = found[0]
            self.caller.write(
                name,
                Written("organizations", row_id, None, found[1]),
                "submit/own_organization",
                id=row_id,
                owner_id=SOMEBODY,
            )
            return
        row_id, analyzed = uuid4(), business(self.caller.job.website_url)
        self.caller.write(
            name,
            Written("organizations", row_id),
            "submit/insert_owned_organization",
            id=row_id,
            name=analyzed.name,
            slug=f"{analyzed.slug}-{row_id.hex[:12]}",
            owner_id=SOMEBODY,
            website_url=self.caller.job.website_url,
        )

    # --- what both do ---

    def _since(self, fix: int, session_id: str | None) -> str | None:
        """Return the session id where the release has the fix that writes it, else none."""
        return session_id if fix in self.caller.job.choices.release.fixes else None

    def _find_organization(self, request: str) -> tuple[UUID, str | None] | None:
        """Return the id and the session id of the website's organization."""
        found = self.caller.look(
            f"{request}/find",
            "submit/organization_of_website",
            website_url=self.caller.job.website_url,
        )
        if self.meeting and request in MEETING:
            self.meeting.meet()
        return (found.id, found.session_id) if found else None

    def _insert_organization(
        self, name: str, called: str, slug: str, session_id: str | None
    ) -> UUID:
        row_id = uuid4()
        # A slug is the name and the clock: at the same moment it is the same slug.
        tick = self.caller.job.group_id if self.meeting else row_id
        self.caller.write(
            name,
            Written("organizations", row_id, session_id),
            "submit/insert_organization",
            id=row_id,
            name=called,
            slug=f"{slug}-{tick.hex[:12]}",
            session_id=session_id,
            website_url=self.caller.job.website_url,
        )
        return row_id

    def _insert_lead(
        self,
        name: str,
        organization_id: UUID,
        called: str,
        session_id: str | None,
        analyzed: Business | None = None,
    ) -> UUID:
        row_id, website_url = uuid4(), self.caller.job.website_url
        self.caller.write(
            name,
            Written("website_leads", row_id),
            "submit/insert_lead",
            id=row_id,
            organization_id=organization_id,
            session_id=session_id,
            website_url=website_url,
            website_domain=host(website_url),
            business_name=called,
            industry_category=analyzed and analyzed.industry,
            business_type=analyzed and analyzed.business_type,
            ip_address=self.caller.job.choices.ip_address,
        )
        return row_id

    def _insert_event(self, name: str, lead_id: UUID, step: str, session_id: str | None) -> None:
        row_id = uuid4()
        self.caller.write(
            name,
            Written("conversion_tracking", row_id),
            "submit/insert_event",
            id=row_id,
            website_lead_id=lead_id,
            conversion_step=step,
            session_id=session_id,
            website_url=self.caller.job.website_url,
        )
