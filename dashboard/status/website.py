"""Whether one website's submissions left everything that a whole one leaves."""

import re
from collections.abc import Collection
from uuid import UUID

import pandas as pd

from dashboard.leads.data import Order, Search, Trace, recorded_steps, rows, submissions, trace
from dashboard.leads.missing import missing, only_placeholder
from dashboard.shared.formats import counted
from dashboard.shared.tracking_plan import TrackingPlan
from dashboard.status.claim import FAILS, HOLDS, UNTOLD, Facts, Told, Verdict, laid_out

DEFAULT_WEBSITE = "snap.com"
MOST_LEADS, MOST_TRACES = 1000, 20
ORGANIZATION = {
    "name": "Organization", "session_id": "Session id", "website_url": "Website",
    "created_at": "Created",
}  # fmt: skip
LEAD = {
    "business_name": "Lead", "session_id": "Session id", "website_url": "Website",
    "created_at": "Created",
}  # fmt: skip
WITHOUT_LOSS = {
    HOLDS: "organization, leads and the events up to the finished analysis are there. What came "
    "after it may still have been lost.",
    UNTOLD: "nothing is missing that a later row would prove, but not all of a finished analysis "
    "is there: the visitor may have left, or it was lost.",
}  # fmt: skip
IN_PART = "nothing is missing in what was looked at, and not all of it was: there is too much."
EVENT = {"step": "Event", "session_id": "Session id", "at": "Time"}


def host_of(website: str | None) -> str:
    """Return the host of what a person typed or a row holds: without scheme, `www.` and path."""
    printable = "".join(filter(str.isprintable, website or ""))
    text = re.sub(r"^[a-z][a-z0-9+.-]*://", "", printable.strip().lower())
    return re.split(r"[/?#:]", text.removeprefix("www."), maxsplit=1)[0]


def website_complete(facts: Facts) -> Told:
    """Look at the website's newest submissions of the period, each as a whole."""
    host = host_of(facts.website)
    if not host:
        return Told(UNTOLD, "No website was named to look for.")
    traces, cut = _traces(facts, host)
    if not traces:
        return Told(UNTOLD, f"{host}: {IN_PART}") if cut else _without_lead(facts, host)
    recorded = recorded_steps(facts.reader, facts.filters, facts.plan.names)
    unanalysed = _unanalysed(facts, traces)
    judged = [_judged(each, facts.plan, recorded, unanalysed) for each in traces]
    number = counted(len(traces), "submission")
    about = f"{'The newest ' if cut else ''}{number} of {host} ({_period(facts)})"
    verdict = FAILS if FAILS in judged else UNTOLD if UNTOLD in judged else HOLDS
    if verdict == FAILS:
        some = f", {judged.count(FAILS)} of them incomplete" if len(traces) > 1 else ""
        lacking = " ".join(missing(traces[judged.index(FAILS)], facts.plan, recorded))
        return Told(FAILS, f"{about}{some}. {lacking}", _rows(traces))
    if cut or any(each.is_cut for each in traces):
        return Told(UNTOLD, f"{about}: {IN_PART}", _rows(traces))
    return Told(verdict, f"{about}: {WITHOUT_LOSS[verdict]}", _rows(traces))


def _without_lead(facts: Facts, host: str) -> Told:
    """Judge a website without any lead: an organization that a visitor left proves the loss."""
    told = f"No lead of {host} was created in this period ({_period(facts)})"
    found = facts.losses.examples(facts.reader, "without_lead", row_limit=None)
    if host not in set(found["website_url"].map(host_of, na_action="ignore").dropna()):
        return Told(UNTOLD, f"{told}.")
    return Told(FAILS, f"{told}, though a visitor’s submission made an organization of it.")


def _traces(facts: Facts, host: str) -> tuple[list[Trace], bool]:
    """Trace the website's leads, newest first, each submission once; say whether that was cut."""
    found = rows(facts.reader, facts.filters, Search(text=host), Order(row_limit=MOST_LEADS))
    own = found.loc[[host_of(each) == host for each in found["website_url"].fillna("")], "lead_id"]
    together = submissions(facts.reader, facts.filters, own.tolist())
    merged = together.set_index("lead_id")["submission_id"]
    firsts = own[~own.map(merged).duplicated()]
    newest = (UUID(each) for each in firsts.head(MOST_TRACES))
    traces = [trace(facts.reader, facts.filters, each, found=together) for each in newest]
    cut = len(firsts) > MOST_TRACES or len(found) == MOST_LEADS
    return [each for each in traces if each], cut


def _unanalysed(facts: Facts, traces: list[Trace]) -> set[str]:
    """Return the submissions whose analysed lead is provably lost, by the one rule for losses."""
    if not any(only_placeholder(each.submission.leads) for each in traces):
        return set()
    return set(facts.losses.examples(facts.reader, "unanalysed", row_limit=None)["lead_id"])


def _judged(
    traced: Trace, plan: TrackingPlan, recorded: Collection[str], unanalysed: Collection[str]
) -> Verdict:
    """Tell whether a submission lacks what it proves, or has all that a finished analysis leaves.

    Without a finished analysis it can't be told: the visitor may have left.
    """
    if traced.is_cut:
        return UNTOLD
    own, first = traced.submission, plan.names[0]
    steps = set(own.events["step"].dropna())
    lost = [name for name in plan.unproven(steps) if name in recorded]
    if lost or own.organizations.empty or traced.chosen["submission_id"] in unanalysed:
        return FAILS
    finished = next((step.name for step in plan.steps if step.implies), first)
    whole = (
        {first, finished} <= steps
        and own.leads["session_id"].notna().any()
        and not only_placeholder(own.leads)
    )
    return HOLDS if whole else UNTOLD


def _rows(traces: list[Trace]) -> dict[str, pd.DataFrame]:
    def of(name: str, key: str, labels: dict[str, str]) -> pd.DataFrame:
        together = pd.concat([getattr(each.submission, name) for each in traces], ignore_index=True)
        return laid_out(together.drop_duplicates(key), labels)

    return {
        "Organizations": of("organizations", "organization_id", ORGANIZATION),
        "Leads": of("leads", "lead_id", LEAD),
        "Events": of("events", "event_id", EVENT),
    }


def _period(facts: Facts) -> str:
    return facts.filters.period
