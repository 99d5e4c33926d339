"""What a trace lacks, in words: each sentence follows from the rows alone."""

from dashboard.leads.data import Trace
from dashboard.shared.leads import PLACEHOLDER
from dashboard.shared.tracking_plan import TrackingPlan


def missing(trace: Trace, plan: TrackingPlan) -> list[str]:
    """Return one sentence for each thing that should be there and is not."""
    return [
        *_missing_rows(trace),
        *_missing_steps(trace, plan),
        *_missing_sessions(trace),
    ]


def _missing_rows(trace: Trace) -> list[str]:
    found = []
    if trace.leads["organization_id"].isna().all():
        found.append("No lead of this submission belongs to an organization.")
    elif trace.organizations.empty:
        found.append("The organization that the lead names does not exist.")
    if (trace.leads["business_name"] == PLACEHOLDER).all():
        found.append(
            f"Only the placeholder “{PLACEHOLDER}” is there: "
            "no lead with the analysed business was saved."
        )
    if trace.events.empty:
        found.append("No event is recorded. Tracking may not have existed at the time.")
    return found


def _missing_steps(trace: Trace, plan: TrackingPlan) -> list[str]:
    recorded = set(trace.events["step"].dropna())
    return [
        f"“{plan.label(name)}” is not recorded, "
        f"though “{plan.label(proof)}” can’t happen without it."
        for name, proof in plan.unproven(recorded).items()
    ]


def _missing_sessions(trace: Trace) -> list[str]:
    visitors = {*trace.leads["session_id"].dropna(), *trace.events["session_id"].dropna()}
    organizations = set(trace.organizations["session_id"].dropna())
    found = []
    if not visitors:
        found.append("No lead and no event carries a session id: nothing names the visitor.")
    elif organizations - visitors:
        found.append(
            "The organization carries a session id that no lead or event of this submission has: "
            "the analysis path wrote another one, or a later visitor overwrote it."
        )
    return found
