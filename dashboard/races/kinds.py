"""The kinds of failure that rows can show, each with its cause and its effect.

A new kind needs an entry here, its rows in `queries/races/<family>_findings.sql`, a line in
docs/definitions.md and a golden fixture. Counts, trends, examples, exports and JSON follow.
"""

from dataclasses import dataclass
from typing import Literal

Family = Literal["organization", "lead", "event", "lost"]
FAMILIES: tuple[Family, ...] = ("organization", "lead", "lost", "event")
Whole = Literal["ownerless", "with_session_time", "leads", "events"]
WHOLES: dict[Whole, str] = {
    "ownerless": "ownerless organizations with a website",
    "with_session_time": "organizations whose session id has a time",
    "leads": "leads",
    "events": "events",
}


@dataclass(frozen=True, kw_only=True)
class RaceKind:
    """One kind: `race` tells whether a race explains it, None where rows alone are inconclusive.

    `of` names its denominator. `gap` describes the time between two colliding rows, if any. A kind
    that is no `failure` is shown, but not counted as a failure.
    """

    name: str
    label: str
    family: Family
    race: bool | None
    of: Whole
    why: str
    effect: str
    gap: str | None = None
    failure: bool = True


RACE_KINDS = (
    RaceKind(
        name="duplicate_organizations",
        label="The same website twice at once",
        family="organization",
        race=True,
        of="ownerless",
        why="Two writers looked for the organization, both found none and both inserted one. "
        "Without a unique key, nothing fails.",
        effect="One website counts as several organizations; its leads are spread over them.",
        gap="time since the website’s organization before it",
    ),
    RaceKind(
        name="duplicate_leads",
        label="The same lead twice at once",
        family="lead",
        race=True,
        of="leads",
        why="Two writers with one session id looked for its lead, both found none and both "
        "inserted one. Without a unique key, nothing fails.",
        effect="Raw counts the visitor twice, and either lead may have the steps. Matched and "
        "corrected count one submission.",
        gap="time since the submission’s lead before it",
    ),
    RaceKind(
        name="owned_beside_anonymous",
        label="An anonymous organization beside an owned one",
        family="organization",
        race=False,
        of="ownerless",
        why="The website belongs to somebody already. A visitor’s submission did not find that "
        "organization and made a second, ownerless one. No race is needed.",
        effect="The owner does not see what this visitor did; the website counts as two "
        "organizations.",
        gap="time to the owned organization",
    ),
    RaceKind(
        name="recreated_organizations",
        label="The same website again, later",
        family="organization",
        race=False,
        of="ownerless",
        why="The first organization had long been there and was not found, mostly because the "
        "address was spelled otherwise. A lock changes nothing here; a key on the host does.",
        effect="One website counts as several organizations.",
        gap="time since the website’s organization before it",
    ),
    RaceKind(
        name="overwritten_sessions",
        label="A later visitor’s session id on the organization",
        family="organization",
        race=False,
        of="with_session_time",
        why="The session id is younger than the organization: the UPDATE put a later visitor’s id "
        "in the first one’s place. It happens whenever another visitor analyzes the website.",
        effect="The first visitor can’t be found through the organization any more. Counts of "
        "submissions don’t change.",
        gap="how much younger the session id is",
    ),
    RaceKind(
        name="lost_starts",
        label="Lost start of the analysis",
        family="lost",
        race=None,
        of="events",
        why="A later step or a lead proves that the analysis started, and no start is recorded. "
        "The first tracking call failed or was dropped, and no call repeats it.",
        effect="Raw and matched counts end before the first step; corrected counts put the start "
        "in.",
    ),
    RaceKind(
        name="lost_steps",
        label="Other lost steps",
        family="lost",
        race=None,
        of="events",
        why="A later step or a lead proves this one, and it is recorded nowhere.",
        effect="Raw and matched counts end at the gap; corrected counts put the step in.",
    ),
    RaceKind(
        name="unanalyzed_leads",
        label="Only placeholder leads are there",
        family="lead",
        race=None,
        of="leads",
        why="The analyzed lead is missing: it was refused or never written. A race between the "
        "paths does that, and so does every INSERT without a session id.",
        effect="The visitor counts, but the business does not: no name, no industry. A count of "
        "analyzed leads misses this one.",
    ),
    RaceKind(
        name="split_steps",
        label="Steps on the analyzed lead",
        family="lead",
        race=None,
        of="events",
        why="The visitor’s later steps are on the lead without session, not on the visitor’s own.",
        effect="In raw counts neither lead has the whole chain; matched and corrected counts put "
        "it together.",
    ),
    RaceKind(
        name="organizations_without_lead",
        label="Organizations without a lead",
        family="organization",
        race=None,
        of="ownerless",
        why="The organization was written, then the lead failed. The events of that visit failed "
        "with it.",
        effect="The submission is in no funnel at all: without a lead nothing is counted.",
    ),
    RaceKind(
        name="leads_without_events",
        label="Leads without any event",
        family="event",
        race=None,
        of="leads",
        why="Since tracking began each lead logs at least its capture; this one has nothing. Leads "
        "from before the first event are not counted here: they could have none.",
        effect="The lead is in no step. It stands in the list of leads, and no funnel shows it.",
    ),
    RaceKind(
        name="events_without_lead",
        label="Events without a lead",
        family="event",
        race=None,
        of="events",
        why="The event names no lead, or one that does not exist.",
        effect="Raw counts leave it out. Matched and corrected count it where its session has "
        "exactly one submission.",
    ),
    RaceKind(
        name="ambiguous_leads",
        label="Ambiguous matches",
        family="lead",
        race=None,
        of="leads",
        why="Several visitors submitted one website close together, so that it is ambiguous which "
        "analyzed lead is whose. That is no failure, but the ground on which races happen.",
        effect="The number of submissions is right, but not which leads belong together.",
        failure=False,
    ),
)
BY_NAME = {kind.name: kind for kind in RACE_KINDS}


def explained_by(race: bool | None) -> str:
    """Return the cause of a kind in a word."""
    return "inconclusive" if race is None else "race" if race else "certain"
