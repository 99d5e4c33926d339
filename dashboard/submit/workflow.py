"""The plan of one submission: which calls the two paths make, and when after the click."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Literal
from uuid import UUID

from dashboard.demo.dice import Dice
from dashboard.writers.requests import step_of

# The owner is none of the two: somebody who had the website before the visitor came.
WritePath = Literal["tracking", "analysis", "owner"]
CallKind = Literal["look-up", "write", "work"]

TRACKED_AT = 0.1
ANALYSIS_BEGINS = 0.5
MAKING_A_LEAD = ("find", "organization", "lead", "capture")
# What the analysis does and which share of its time each part takes.
ANALYSIS = {
    "Analysis 1 of 4: website": 0.15,
    "Analysis 2 of 4: business": 0.25,
    "Analysis 3 of 4: audiences": 0.2,
    "Analysis 4 of 4: topics": 0.2,
    "Image generation": 0.2,
}


class Pace(StrEnum):
    """How fast a submission runs; the words are what people choose from."""

    REAL = "real pace"
    FASTER = "ten times faster"
    AT_ONCE = "at once"

    @property
    def factor(self) -> float:
        """Return how long a second of the real pace takes."""
        return {Pace.REAL: 1.0, Pace.FASTER: 0.1, Pace.AT_ONCE: 0.0}[self]


@dataclass(frozen=True)
class PlannedCall:
    """One call of a path, `at` seconds after the click at the real pace.

    A write is one row in one statement, and a transaction of its own; `work` touches no table.
    """

    name: str
    path: WritePath
    kind: CallKind
    at: float
    label: str


@dataclass(frozen=True)
class SubmissionPlan:
    """Every call that a submission may make. `expected` are made where nothing goes wrong."""

    calls: tuple[PlannedCall, ...]

    @property
    def expected(self) -> tuple[PlannedCall, ...]:
        """Return the calls in order, without those that make up for a lead that is not there."""
        return tuple(call for call in self.calls if not _is_spare(call.name))

    @property
    def writes(self) -> tuple[PlannedCall, ...]:
        """Return the writes that must be committed for a submission to be saved."""
        return tuple(
            call for call in self.expected if call.kind == "write" and call.path != "owner"
        )

    def call(self, name: str) -> PlannedCall:
        """Return the call of this name."""
        return next(call for call in self.calls if call.name == name)


def submission_plan(
    submission: UUID, same_moment: bool = False, owned: bool = False, steps: Sequence[str] = ()
) -> SubmissionPlan:
    """Return the plan of a submission; its analysis takes 40 to 60 s, half of them under 43 s.

    At the same moment: the first tracking call is late, and arrives when the analysis has ended.
    `steps` are those that the visitor took afterwards, each whenever they liked.
    """
    analyzed_at = Dice(f"analysis of {submission}").between(40, 60, bend=3)
    further = (_tracking(step, analyzed_at + n) for n, step in enumerate(steps, 1))
    return SubmissionPlan(
        (
            *(_owner() if owned else ()),
            *_tracking("started", analyzed_at + 0.05 if same_moment else TRACKED_AT),
            *_analysis(analyzed_at),
            *_tracking("completed", analyzed_at + 0.6),
            *chain.from_iterable(further),
        )
    )


def _is_spare(name: str) -> bool:
    """Tell whether a call is made only where the lead is missing that the start has made."""
    request, _, part = name.partition("/")
    return request not in ("started", "analysis", "owner") and part in MAKING_A_LEAD


def _owner() -> Iterator[PlannedCall]:
    """Return the calls of somebody who owns the website before the visitor comes."""
    yield PlannedCall("owner/find", "owner", "look-up", 0.0, "Find organization")
    yield PlannedCall("owner/organization", "owner", "write", 0.0, "Owned organization")


def _tracking(request: str, at: float) -> Iterator[PlannedCall]:
    """Return the calls of one `POST /api/v1/leads/track-conversion`."""
    parts: tuple[tuple[str, CallKind, str], ...] = (
        ("lead_of_session", "look-up", "Find lead of session"),
        ("find", "look-up", "Find organization"),
        ("organization", "write", "Organization"),
        ("lead", "write", "Placeholder lead"),
        ("capture", "write", "website_analysis"),
        ("step", "write", step_of(request)),
    )
    for number, (part, kind, label) in enumerate(parts):
        yield PlannedCall(f"{request}/{part}", "tracking", kind, at + 0.05 * number, label)


def _analysis(analyzed_at: float) -> Iterator[PlannedCall]:
    """Return the four steps of the analysis, the images, and then the calls that save it."""
    at = ANALYSIS_BEGINS
    for number, (label, share) in enumerate(ANALYSIS.items(), 1):
        yield PlannedCall(f"analysis/{number}", "analysis", "work", at, label)
        at += share * (analyzed_at - ANALYSIS_BEGINS)
    parts: tuple[tuple[str, CallKind, float, str], ...] = (
        ("find", "look-up", 0.1, "Find organization"),
        ("organization", "write", 0.2, "Organization"),
        ("lead", "write", 0.25, "Analyzed lead"),
        ("capture", "write", 0.3, "website_analysis"),
    )
    for part, kind, after, label in parts:
        yield PlannedCall(f"analysis/{part}", "analysis", kind, analyzed_at + after, label)
