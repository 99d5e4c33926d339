"""The contents and gaps of a timeline in words; each sentence follows from the rows alone."""

from collections.abc import Collection

import pandas as pd

from dashboard.leads.timeline.data import Timeline
from dashboard.model.formats import count, counted
from dashboard.model.placeholder import PLACEHOLDER, are_placeholders
from dashboard.model.tracking_plan import TrackingPlan


def missing(timeline: Timeline, plan: TrackingPlan, recorded: Collection[str]) -> list[str]:
    """Return one sentence for each row that the lead's own submission should have but lacks.

    `recorded` are the steps that the source ever recorded; other steps can't be lost.
    """
    own = timeline.submission
    if timeline.is_cut:
        return ["The timeline has more rows than this page reads, so missing data stays unknown."]
    return [
        *_missing_rows(own),
        *_missing_analysis(timeline),
        *_missing_steps(own, plan, recorded),
        *_missing_sessions(own),
    ]


def only_placeholder(leads: pd.DataFrame) -> bool:
    """Tell whether every lead is a placeholder; a lead without any name is none."""
    return bool(are_placeholders(leads["business_name"]).all())


def rows_of(timeline: Timeline) -> str:
    """Count the rows of the lead's own submission."""
    own = timeline.submission
    return (
        f"{counted(len(own.leads), 'lead')}, {counted(len(own.events), 'event')}, "
        f"{counted(len(own.organizations), 'organization')}"
    )


def timeline_notes(timeline: Timeline) -> list[str]:
    """Return sentences on other submissions' rows, ambiguous matches, and rows left out."""
    others = len(timeline.leads) - len(timeline.submission.leads)
    found = []
    if others:
        found.append(
            f"Shown paler: {counted(others, 'lead')} of the same {_shared(timeline)}, of other "
            "submissions at the time. The sentences above are not about them."
        )
    if timeline.chosen["ambiguous"]:
        found.append(
            "The match of this lead is ambiguous: the number of submissions is right, but which "
            "leads belong together is not certain."
        )
    for rows, in_all, what in (
        (timeline.leads, timeline.leads_in_all, "lead"),
        (timeline.events, timeline.events_in_all, "event"),
    ):
        if in_all > len(rows):
            found.append(f"The page shows {count(len(rows))} of {counted(in_all, what)}.")
    return found


def _shared(timeline: Timeline) -> str:
    return "website" if timeline.chosen["website_url"] else "organization"


def timeline_words(timeline: Timeline) -> pd.DataFrame:
    """Return the leads with `of`: this submission or another one."""
    own = timeline.leads["submission_id"] == timeline.chosen["submission_id"]
    return timeline.leads.assign(of=own.map({True: "this one", False: "another"}))


def _missing_rows(timeline: Timeline) -> list[str]:
    found = []
    if timeline.leads["organization_id"].isna().all():
        found.append("No lead of this submission belongs to an organization.")
    elif timeline.organizations.empty:
        found.append("The organization that the lead names is not there.")
    if timeline.events.empty:
        found.append("No event is recorded. Tracking may not have existed at the time.")
    return found


def _missing_analysis(timeline: Timeline) -> list[str]:
    """Say if only the placeholder is there, and whether a nearby analyzed lead may belong to it."""
    leads = timeline.leads
    if not only_placeholder(timeline.submission.leads):
        return []
    alone = f"Only the placeholder “{PLACEHOLDER}” is there"
    named = leads["submission_id"].isin(leads.loc[leads["session_id"].notna(), "submission_id"])
    certain = are_placeholders(leads["business_name"]) | (named & ~leads["ambiguous"].astype(bool))
    if not certain.all():
        return [f"{alone}. Another visitor’s analyzed lead, shown paler, may be this one’s."]
    return [f"{alone}: no lead with the analyzed business was saved."]


def _missing_steps(timeline: Timeline, plan: TrackingPlan, recorded: Collection[str]) -> list[str]:
    return [
        f"“{plan.label(name)}” is not recorded, "
        f"though “{plan.label(proof)}” can’t happen without it."
        for name, proof in plan.unproven(set(timeline.events["step"].dropna())).items()
        if name in recorded
    ]


def _missing_sessions(timeline: Timeline) -> list[str]:
    visitors = {*timeline.leads["session_id"].dropna(), *timeline.events["session_id"].dropna()}
    organizations = set(timeline.organizations["session_id"].dropna())
    found = []
    if not visitors:
        found.append("No lead and no event has a session id: the visitor is unknown.")
    elif organizations - visitors:
        found.append(
            "The organization has a session id that no lead or event of this submission has: "
            "the analysis path wrote another one, or a later visitor overwrote it."
        )
    return found
