"""Whether the submissions of one website are complete."""

from collections.abc import Collection
from uuid import UUID

import pandas as pd

from dashboard.database.recorded_steps import recorded_steps
from dashboard.leads.data import LeadOrder, LeadSearch, lead_rows, website_submissions
from dashboard.leads.timeline.data import Timeline, lead_timeline
from dashboard.leads.timeline.missing import missing, only_placeholder
from dashboard.model.formats import counted
from dashboard.model.hosts import host_of, typed_host
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.status.claim import (
    CONFIRMED,
    INCONCLUSIVE,
    REFUTED,
    ClaimFacts,
    ClaimVerdict,
    Judgment,
    laid_out,
)

DEFAULT_WEBSITE = "snap.com"
MOST_WEBSITE_LEADS, MOST_TIMELINES = 1000, 20
SUBMISSION_ORGANIZATION_COLUMNS = {
    "name": "Organization",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": "Created",
}
SUBMISSION_LEAD_COLUMNS = {
    "business_name": "Lead",
    "session_id": "Session id",
    "website_url": "Website",
    "created_at": "Created",
}
WITHOUT_LOSS = {
    CONFIRMED: "organization, leads and the events up to the finished analysis are stored. Later "
    "events may still have been lost.",
    INCONCLUSIVE: "no later row proves a loss, but the analysis is not complete: the visitor may "
    "have left, or rows were lost.",
}
IN_PART = "nothing is missing in the newest rows; the website has too many to check all."
SUBMISSION_EVENT_COLUMNS = {"step": "Event", "session_id": "Session id", "at": "Time"}


def website_complete(facts: ClaimFacts) -> Judgment:
    """Judge the website's newest submissions of the period, each as a whole."""
    host = typed_host(facts.website)
    if host is None:
        return Judgment(INCONCLUSIVE, "No website was named to look for.")
    timelines, cut = _timelines(facts, host)
    if not timelines:
        return Judgment(INCONCLUSIVE, f"{host}: {IN_PART}") if cut else _without_lead(facts, host)
    recorded = recorded_steps(facts.reader, facts.filters, facts.plan.names)
    unanalyzed = _unanalyzed(facts, timelines)
    judged = [_judged(each, facts.plan, recorded, unanalyzed) for each in timelines]
    number = counted(len(timelines), "submission")
    about = f"{'The newest ' if cut else ''}{number} of {host} ({_period(facts)})"
    verdict = (
        REFUTED if REFUTED in judged else INCONCLUSIVE if INCONCLUSIVE in judged else CONFIRMED
    )
    if verdict == REFUTED:
        some = f", {judged.count(REFUTED)} of them incomplete" if len(timelines) > 1 else ""
        lacking = " ".join(missing(timelines[judged.index(REFUTED)], facts.plan, recorded))
        return Judgment(REFUTED, f"{about}{some}. {lacking}", _rows(timelines))
    if cut or any(each.is_cut for each in timelines):
        return Judgment(INCONCLUSIVE, f"{about}: {IN_PART}", _rows(timelines))
    return Judgment(verdict, f"{about}: {WITHOUT_LOSS[verdict]}", _rows(timelines))


def _without_lead(facts: ClaimFacts, host: str) -> Judgment:
    """Judge a website without any lead; a visitor's organization proves a loss."""
    told = f"No lead of {host} was created in this period ({_period(facts)})"
    found = facts.losses.examples(facts.reader, "without_lead", row_limit=None)
    if host not in set(found["website_url"].map(host_of, na_action="ignore").dropna()):
        return Judgment(INCONCLUSIVE, f"{told}.")
    return Judgment(REFUTED, f"{told}, though a submission left an organization of it.")


def _timelines(facts: ClaimFacts, host: str) -> tuple[list[Timeline], bool]:
    """Return the website's timelines, newest first, one per submission; tell if any is left out."""
    found = lead_rows(
        facts.reader, facts.filters, LeadSearch(text=host), LeadOrder(row_limit=MOST_WEBSITE_LEADS)
    )
    own = found.loc[[host_of(each) == host for each in found["website_url"].fillna("")], "lead_id"]
    together = website_submissions(facts.reader, facts.filters, own.tolist())
    matched = together.set_index("lead_id")["submission_id"]
    firsts = own[~own.map(matched).duplicated()]
    newest = (UUID(each) for each in firsts.head(MOST_TIMELINES))
    timelines = [
        lead_timeline(facts.reader, facts.filters, each, found=together) for each in newest
    ]
    cut = len(firsts) > MOST_TIMELINES or len(found) == MOST_WEBSITE_LEADS
    return [each for each in timelines if each], cut


def _unanalyzed(facts: ClaimFacts, timelines: list[Timeline]) -> set[str]:
    """Return the submissions whose analyzed lead is provably lost, by the one rule for losses."""
    if not any(only_placeholder(each.submission.leads) for each in timelines):
        return set()
    return set(facts.losses.examples(facts.reader, "unanalyzed", row_limit=None)["lead_id"])


def _judged(
    shown: Timeline, plan: TrackingPlan, recorded: Collection[str], unanalyzed: Collection[str]
) -> ClaimVerdict:
    """Judge one submission: refuted where a row proves a loss, confirmed where it is complete.

    Without a finished analysis it is inconclusive: the visitor may have left.
    """
    if shown.is_cut:
        return INCONCLUSIVE
    own, first = shown.submission, plan.names[0]
    steps = set(own.events["step"].dropna())
    lost = [name for name in plan.unproven(steps) if name in recorded]
    if lost or own.organizations.empty or shown.chosen["submission_id"] in unanalyzed:
        return REFUTED
    finished = next((step.name for step in plan.steps if step.implies), first)
    whole = (
        {first, finished} <= steps
        and own.leads["session_id"].notna().any()
        and not only_placeholder(own.leads)
    )
    return CONFIRMED if whole else INCONCLUSIVE


def _rows(timelines: list[Timeline]) -> dict[str, pd.DataFrame]:
    def of(name: str, key: str, labels: dict[str, str]) -> pd.DataFrame:
        together = pd.concat(
            [getattr(each.submission, name) for each in timelines], ignore_index=True
        )
        return laid_out(together.drop_duplicates(key), labels)

    return {
        "Organizations": of("organizations", "organization_id", SUBMISSION_ORGANIZATION_COLUMNS),
        "Leads": of("leads", "lead_id", SUBMISSION_LEAD_COLUMNS),
        "Events": of("events", "event_id", SUBMISSION_EVENT_COLUMNS),
    }


def _period(facts: ClaimFacts) -> str:
    return facts.filters.period
