"""The status report judged by the data: the verdict, four figures, and every claim."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.coverage.outages import described
from dashboard.database.errors import DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.funnel.losses.data import Losses
from dashboard.model.filters import Filters
from dashboard.model.formats import counted
from dashboard.model.hosts import typed_host
from dashboard.model.releases import Release
from dashboard.model.times import now
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.status.claim import INCONCLUSIVE, REFUTED, Claim, ClaimFacts, ClaimQuestion, Judgment
from dashboard.status.claimed import CLAIM_QUESTIONS
from dashboard.status.headline import Figure, figures
from dashboard.status.website import DEFAULT_WEBSITE

# Problems of one claim's question; the other claims can still be judged.
OWN_FAULTS = ("schema_drift", "timeout", "missing_grant", "bad_value")


@dataclass(frozen=True)
class StatusReport:
    """The report over one period of one source.

    `verdict` is one sentence. `lost_at_least` counts distinct submissions with a provable loss; it
    is None where a column is missing. `figures` has up to four entries; unreadable ones are left
    out.
    """

    source: str
    filters: Filters
    made_at: datetime
    website: str | None
    verdict: str
    lost_at_least: int | None
    claims: tuple[Claim, ...] = field(repr=False)
    figures: tuple[Figure, ...] = field(repr=False)

    def as_json(self) -> dict[str, object]:
        """Return the `report` answer of the command line; its form is a contract (docs)."""
        return {
            "verdict": self.verdict,
            "lost_at_least": self.lost_at_least,
            "claims": [
                {
                    "id": claim.id,
                    "claim": claim.claim,
                    "verdict": claim.verdict,
                    "evidence": claim.evidence,
                }
                for claim in self.claims
            ],
        }


def status_report(
    reader: Reader,
    filters: Filters,
    plan: TrackingPlan,
    releases: Sequence[Release] = (),
    website: str | None = None,
) -> StatusReport:
    """Judge every claim; raises DatabaseProblem where the source can't be read at all.

    `website` is the one that website_complete judges; in the demo, its default is the report's.
    """
    asked = typed_host(website) or (
        DEFAULT_WEBSITE if reader.where in ("demo", "sandbox") else None
    )
    facts = ClaimFacts(reader, filters, plan, tuple(releases), asked)
    claims = tuple(_judged(facts, question) for question in CLAIM_QUESTIONS)
    lost, verdict = _verdict(facts, claims[0])
    return StatusReport(reader.where, filters, now(), asked, verdict, lost, claims, figures(facts))


def _judged(facts: ClaimFacts, question: ClaimQuestion) -> Claim:
    """Judge one claim; where its rows can't be read, it is inconclusive and gives the reason."""
    told: Judgment
    try:
        with facts.apart():
            told = question.judged(facts)
    except DatabaseProblem as problem:
        if problem.kind not in OWN_FAULTS:
            raise
        told = Judgment(INCONCLUSIVE, f"{problem.what}. {problem.next_step}")
    claim = question.claim
    if question.id == "website_complete" and facts.website != DEFAULT_WEBSITE:
        claim = f"{facts.website or 'A website'}: organization, lead and tracking events all saved."
    return Claim(question.id, claim, told.verdict, told.evidence, question.page, told.rows)


def _verdict(facts: ClaimFacts, saved: Claim) -> tuple[int | None, str]:
    """Return the least number of submissions that lost data, and the report's one sentence."""
    found = _outages(facts)
    reason = saved.evidence.partition(". ")[0]
    # The claim may have failed before the losses were read. Then there is no number.
    lost = facts.__dict__.get("losses")
    if lost is None:
        return None, _sentence(found, reason)
    if saved.verdict == REFUTED:
        return lost.total, _sentence([_lost(facts.filters, lost), *found], reason)
    # The claim could not be judged, so its number means nothing.
    number = None if lost.total else 0
    return number, _sentence(found, f"{reason[:1].lower()}{reason[1:]}")


def _sentence(found: Sequence[str], reason: str) -> str:
    """Refute the claim by what was found; without anything, the reason says why not."""
    return f"No: {'; '.join(found)}" if found else f"Inconclusive: {reason}"


def _lost(filters: Filters, lost: Losses) -> str:
    when = _when(filters, lost.first_at, lost.last_at)
    return f"at least {counted(lost.total, 'submission')} lost data{when}"


def _outages(facts: ClaimFacts) -> list[str]:
    """Describe the outages; where their columns can't be read, the claims say so."""
    try:
        with facts.apart():
            return [described(each, facts.plan, facts.filters) for each in facts.outages]
    except DatabaseProblem as problem:
        if problem.kind not in OWN_FAULTS:
            raise
        return []


def _when(filters: Filters, first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    if filters.shown(first) == filters.shown(last):
        return f" at {filters.shown(first)}"
    return f" between {filters.shown(first)} and {filters.shown(last)}"
