"""Both paths of one submission, as they are with all four fixes in place."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID, uuid4

from dashboard.submit.address import host
from dashboard.submit.calling import Caller, RequestFailed
from dashboard.submit.sandbox import Written
from dashboard.submit.visitor import PLACEHOLDER, PLACEHOLDER_SLUG, Business, business


def run(caller: Caller) -> None:
    """Make all calls of a submission, one path after the other; a failed request ends there.

    Raises DatabaseProblem where the calls can't be noted, and GivenUp.
    """
    paths = Paths(caller)
    for request in (paths.track_start, paths.analyse, paths.track_completion):
        with suppress(RequestFailed):
            request()


@dataclass(frozen=True)
class Paths:
    """The requests of both paths; each raises RequestFailed at its first call that fails."""

    caller: Caller

    # --- the tracking path: POST /api/v1/leads/track-conversion ---

    def track_start(self) -> None:
        """Track `analysis_started`."""
        self._track("started")

    def track_completion(self) -> None:
        """Track `analysis_completed`."""
        self._track("completed")

    def _track(self, request: str) -> None:
        """Log a step for the newest lead of the session; where there is none, make one."""
        session_id = self.caller.job.session_id
        found = self.caller.look(
            f"{request}/lead_of_session", "submit/lead_of_session", session_id=session_id
        )
        lead_id = found.id if found else self._make_lead(request, session_id)
        self._insert_event(f"{request}/step", lead_id, f"analysis_{request}", session_id)

    def _make_lead(self, request: str, session_id: str) -> UUID:
        organization_id = self._tracked_organization(request, session_id)
        name = f"{request}/lead"
        lead_id = self._insert_lead(name, organization_id, PLACEHOLDER, session_id)
        self._insert_event(f"{request}/capture", lead_id, "website_analysis", session_id)
        return lead_id

    def _tracked_organization(self, request: str, session_id: str) -> UUID:
        name = f"{request}/organization"
        found = self._find_organization(request)
        if not found:
            return self._insert_organization(name, PLACEHOLDER, PLACEHOLDER_SLUG, session_id)
        organization_id, before = found
        self.caller.write(
            name, Written("organizations", organization_id, session_id, before),
            "submit/track_organization", id=organization_id, session_id=session_id,
        )  # fmt: skip
        return organization_id

    # --- the analysis path: it knows the business, and not the session of the tracking ---

    def analyse(self) -> None:
        """Analyse the website, which touches no table, then save what was found."""
        self._work()
        found = business(self.caller.job.website_url)
        organization_id = self._analysed_organization(found)
        lead_id = self._insert_lead("analysis/lead", organization_id, found.name, None, found)
        self._insert_event("analysis/capture", lead_id, "website_analysis", None)

    def _work(self) -> None:
        calls = [call for call in self.caller.job.plan.expected if call.path == "analysis"]
        for call, following in pairwise(calls):
            if call.kind == "work":
                self.caller.work(call, following)

    def _analysed_organization(self, analysed: Business) -> UUID:
        name, session_id = "analysis/organization", self.caller.job.older_session_id
        found = self._find_organization("analysis")
        if not found:
            return self._insert_organization(name, analysed.name, analysed.slug, session_id)
        organization_id, before = found
        self.caller.write(
            name, Written("organizations", organization_id, session_id, before),
            "submit/update_organization",
            id=organization_id, name=analysed.name, session_id=session_id,
        )  # fmt: skip
        return organization_id

    # --- what both do ---

    def _find_organization(self, request: str) -> tuple[UUID, str | None] | None:
        """Return the id and the session id of the website's organization."""
        found = self.caller.look(
            f"{request}/find", "submit/organization_of_website",
            website_url=self.caller.job.website_url,
        )  # fmt: skip
        return (found.id, found.session_id) if found else None

    def _insert_organization(self, name: str, called: str, slug: str, session_id: str) -> UUID:
        row_id = uuid4()
        self.caller.write(
            name, Written("organizations", row_id, session_id), "submit/insert_organization",
            id=row_id, name=called, slug=f"{slug}-{row_id.hex[:12]}", session_id=session_id,
            website_url=self.caller.job.website_url,
        )  # fmt: skip
        return row_id

    def _insert_lead(
        self,
        name: str,
        organization_id: UUID,
        called: str,
        session_id: str | None,
        analysed: Business | None = None,
    ) -> UUID:
        row_id, website_url = uuid4(), self.caller.job.website_url
        self.caller.write(
            name, Written("website_leads", row_id), "submit/insert_lead",
            id=row_id, organization_id=organization_id, session_id=session_id,
            website_url=website_url, website_domain=host(website_url), business_name=called,
            industry_category=analysed and analysed.industry,
            business_type=analysed and analysed.business_type,
        )  # fmt: skip
        return row_id

    def _insert_event(self, name: str, lead_id: UUID, step: str, session_id: str | None) -> None:
        row_id = uuid4()
        self.caller.write(
            name, Written("conversion_tracking", row_id), "submit/insert_event",
            id=row_id, website_lead_id=lead_id, conversion_step=step, session_id=session_id,
            website_url=self.caller.job.website_url,
        )  # fmt: skip
