"""The kinds of failure that rows can show: what each is, what explains it, what it does."""

from dataclasses import dataclass
from typing import Literal

Family = Literal["organization", "lead", "event", "lost"]
Whole = Literal["ownerless", "with_session_time", "leads", "events"]
WHOLES: dict[Whole, str] = {
    "ownerless": "ownerless organizations with a website",
    "with_session_time": "organizations whose session id carries a time",
    "leads": "leads",
    "events": "events",
}


@dataclass(frozen=True)
class RaceKind:
    """One kind: `race` is whether a race explains it, None where the rows can't tell.

    `of` names the rows that its count stands beside; `gap` says what the time between colliding
    rows is, where two collide. What is no `failure` is shown, and not counted among them.
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
        "duplicate_organizations",
        "The same website twice at once",
        "organization",
        True,
        "ownerless",
        "Two writers looked for the organization, both found none and both inserted one. Without a "
        "unique key nothing fails, so nobody notices.",
        "One website counts as several organizations; its leads are spread over them.",
        "time since the website’s organization before it",
    ),
    RaceKind(
        "duplicate_leads",
        "More leads than the two paths write",
        "lead",
        True,
        "leads",
        "Two tracking calls of one session looked for its lead, both found none and both inserted "
        "one.",
        "The raw counts the visitor twice; the steps are on the newer lead, the start "
        "on both. Merged and Repaired count one submission.",
        "time since the submission’s lead before it",
    ),
    RaceKind(
        "owned_beside_anonymous",
        "An anonymous organization beside an owned one",
        "organization",
        False,
        "ownerless",
        "The website belongs to somebody already, and a visitor’s submission made a second, "
        "ownerless organization because the first was not found. It happens every time.",
        "The owner does not see what this visitor did; the website counts as two organizations.",
        "time to the owned organization",
    ),
    RaceKind(
        "recreated_organizations",
        "The same website again, later",
        "organization",
        False,
        "ownerless",
        "The first organization had long been there and was not found, mostly because the address "
        "was spelled otherwise. A lock changes nothing here; a key on the website’s host does.",
        "One website counts as several organizations.",
        "time since the website’s organization before it",
    ),
    RaceKind(
        "overwritten_sessions",
        "A later visitor’s session id on the organization",
        "organization",
        False,
        "with_session_time",
        "The session id is younger than the organization: the UPDATE put a later visitor’s id in "
        "the first one’s place. It happens whenever another visitor analyzes the same website.",
        "The first visitor can’t be found through the organization any more. Counts of "
        "submissions don’t change.",
        "how much younger the session id is",
    ),
    RaceKind(
        "lost_starts",
        "Lost start of the analysis",
        "lost",
        None,
        "events",
        "A later step proves that the analysis started, and no start is recorded. The first "
        "tracking call failed; nobody repeats it.",
        "Raw and matched counts end before the first step; corrected counts put the start in.",
    ),
    RaceKind(
        "lost_steps",
        "Other lost steps",
        "lost",
        None,
        "events",
        "A later step proves this one, and it is recorded nowhere.",
        "The corrections Recorded and Merged end at the gap; Corrected puts the step in.",
    ),
    RaceKind(
        "unanalyzed_leads",
        "Only the placeholder is left",
        "lead",
        None,
        "leads",
        "The analyzed lead is missing: it was refused or never written. A race between the paths "
        "does that, and so does every INSERT without a session id.",
        "The visitor counts, but the business does not: no name, no industry. Whoever counts "
        "analyzed leads misses this one.",
    ),
    RaceKind(
        "split_steps",
        "Steps on the analyzed lead",
        "lead",
        None,
        "events",
        "The visitor’s steps went on at the lead without session, not at the visitor’s own.",
        "Per lead (Recorded) neither has the whole chain; Merged and Repaired put it together.",
    ),
    RaceKind(
        "organizations_without_lead",
        "Organizations without a lead",
        "organization",
        None,
        "ownerless",
        "The organization was written, then the lead failed. The events of that visit failed with "
        "it.",
        "The submission is in no funnel at all: without a lead nothing is counted.",
    ),
    RaceKind(
        "leads_without_events",
        "Leads without any event",
        "event",
        None,
        "leads",
        "Since tracking began each lead logs at least its capture; this one has nothing. Leads "
        "from before the first event are not counted here: they could have none.",
        "The lead is in no step. It stands in the list of leads, and no funnel shows it.",
    ),
    RaceKind(
        "events_without_lead",
        "Events without a lead",
        "event",
        None,
        "events",
        "The event names no lead, or one that does not exist.",
        "Recorded leaves it out. Merged and Repaired count it where its session has exactly one "
        "submission.",
    ),
    RaceKind(
        "ambiguous_leads",
        "Leads in a crowd",
        "lead",
        None,
        "leads",
        "Several visitors submitted one website so close together that it can’t be told which "
        "analyzed lead is whose. That is no failure, but the ground on which races happen.",
        "The number of submissions is right, who is who is not.",
        failure=False,
    ),
)
BY_NAME = {kind.name: kind for kind in RACE_KINDS}
FAMILIES: tuple[Family, ...] = ("organization", "lead", "lost", "event")


def explained_by(race: bool | None) -> str:
    """Say in a word what explains a kind."""
    return "inconclusive" if race is None else "race" if race else "certain"
