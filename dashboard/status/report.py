"""The status report judged by the data: the verdict, five figures, and every claim."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.database.errors import OWN_FAULTS, DatabaseProblem
from dashboard.database.reading import Reader
from dashboard.model.filters import Filters
from dashboard.model.hosts import typed_host
from dashboard.model.releases import Release
from dashboard.model.times import now
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.status.claim import INCONCLUSIVE, Claim, ClaimFacts, ClaimQuestion, Judgment
from dashboard.status.claimed import CLAIM_QUESTIONS
from dashboard.status.evidence import Reason, SavingEvidence
from dashboard.status.headline import Figure, figures
from dashboard.status.website import DEFAULT_WEBSITE


@dataclass(frozen=True)
class StatusReport:
    """The report over one period of one source.

    `verdict` is one sentence, made of `reasons` where any refutes that everything was saved.
    `lost_at_least` counts distinct submissions with a provable loss; it is None where a column is
    missing. `figures` has up to five entries; unreadable ones are left out.
    """

    source: str
    filters: Filters
    made_at: datetime
    website: str | None
    verdict: str
    lost_at_least: int | None
    claims: tuple[Claim, ...] = field(repr=False)
    figures: tuple[Figure, ...] = field(repr=False)
    reasons: tuple[Reason, ...] = field(repr=False)

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
    return StatusReport(
        reader.where,
        filters,
        now(),
        asked,
        _verdict(facts.evidence, claims[0]),
        _least_lost(facts),
        claims,
        figures(facts),
        facts.evidence.reasons,
    )


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


def _verdict(evidence: SavingEvidence, saved: Claim) -> str:
    """Return the report's one sentence; it refutes the claim by all that was found."""
    if evidence.reasons:
        return f"No: {'; '.join(each.sentence for each in evidence.reasons)}"
    reason = saved.evidence.partition(". ")[0]
    if evidence.unread:
        return f"Inconclusive: {reason}"
    return f"Inconclusive: {reason[:1].lower()}{reason[1:]}"


def _least_lost(facts: ClaimFacts) -> int | None:
    """Return the least number of submissions that lost data; None where it can't be read."""
    try:
        with facts.apart():
            return facts.losses.total
    except DatabaseProblem as problem:
        if problem.kind not in OWN_FAULTS:
            raise
        return None
