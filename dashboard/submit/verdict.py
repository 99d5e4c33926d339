"""A submission in words: what was saved of it and what was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from dashboard.model.formats import count, counted
from dashboard.model.hosts import host_of
from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, ANALYSIS_STARTED
from dashboard.submit.data import Left, dropped
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.workflow import Pace

Color = Literal["green", "orange", "red"]
DURATIONS = {
    Pace.REAL: "At the real pace this takes 40 to 60 s.",
    Pace.FASTER: "Ten times faster than real this takes 4 to 6 s.",
    Pace.AT_ONCE: "This takes a moment.",
}


@dataclass(frozen=True)
class SubmissionVerdict:
    """A color, the sentence, and the numbers behind it."""

    color: Color
    sentence: str
    reason: str


def submission_verdict(submission: SandboxSubmission, left: Left) -> SubmissionVerdict:
    """Judge a submission that has ended."""
    color, sentence = _judged(submission, left)
    parts = [
        _paths(submission),
        _lost(submission),
        dropped_words([submission]),
        _without_lead(submission),
        kept(left),
        known(submission, left),
        _split(left),
        _steps_apart(left),
        _more(submission, left),
        _other_session(submission, left),
    ]
    return SubmissionVerdict(color, sentence, " ".join(part for part in parts if part))


def reach(reached: pd.DataFrame, visitors: int) -> str:
    """Say how far the visitors went and how many of those steps left an event."""
    took, stored = int(reached["took"].sum()), int(reached["stored"].sum())
    steps = counted(took, "step")
    who = "The visitor" if visitors == 1 else f"{counted(visitors, 'visitor')}"
    lost = reached.loc[reached["lost"] > 0, "label"]
    missing = f" Lost: {', '.join(lost)}." if len(lost) else ""
    return f"{who} took {steps}; {count(stored)} of them left an event.{missing}"


def submission_progress(submission: SandboxSubmission) -> tuple[str, str]:
    """Say where a submission stands that has not ended: a sentence and a line about it."""
    name, wait = host_of(submission.website_url), DURATIONS[submission.pace]
    if submission.state == "queued":
        return f"{name} waits for its turn", f"Others are being analyzed. {wait}"
    last = submission.calls[-1].name if submission.calls else submission.plan.calls[0].name
    return f"{name} is being analyzed", f"Now: {submission.plan.call(last).label}. {wait}"


def _judged(submission: SandboxSubmission, left: Left) -> tuple[Color, str]:
    if left.gone:
        return "orange", f"{counted(left.gone, 'row')} of this submission went away since"
    numbers = f"{_saved(submission)} of {counted(len(submission.plan.writes), 'write')}"
    if submission.saved:
        return "green", f"All {len(submission.plan.writes)} writes of both paths were saved"
    if submission.was_interrupted:
        return "orange", f"The submission was interrupted: {numbers} saved"
    if "unknown" in submission.outcomes.values():
        return "orange", f"Inconclusive: {numbers} are known to be saved"
    return "red", f"Not everything was saved: {numbers}"


def _saved(submission: SandboxSubmission, path: str = "") -> int:
    return sum(
        submission.outcomes.get(call.name) == "committed"
        for call in submission.plan.writes
        if path in ("", call.path)
    )


def _paths(submission: SandboxSubmission) -> str:
    """Name the share of each path, in the order in which they begin."""
    shares = [
        f"{count(_saved(submission, path))} of {counted(_writes(submission, path), 'write')}"
        f" of the {path} path"
        for path in ("tracking", "analysis")
    ]
    return f"Committed: {' and '.join(shares)}."


def _writes(submission: SandboxSubmission, path: str) -> int:
    return sum(call.path == path for call in submission.plan.writes)


def _lost(submission: SandboxSubmission) -> str:
    """Name the writes that were not committed, and apart from them those that nobody knows of."""
    made = [
        (f"{call.label} ({call.path})", submission.outcomes.get(call.name))
        for call in submission.plan.writes
    ]
    unknown = [name for name, outcome in made if outcome == "unknown"]
    lost = [name for name, outcome in made if outcome not in ("committed", "unknown")]
    parts = [
        f"Not saved: {', '.join(lost)}." if lost else "",
        f"Not known: {', '.join(unknown)}." if unknown else "",
        ""
        if submission.saved or submission.state != "done"
        else "The visitor saw success all the same.",
    ]
    return " ".join(part for part in parts if part)


def dropped_words(group: Sequence[SandboxSubmission]) -> str:
    """Name the steps that tracking answered and did not write."""
    found = dropped(group)
    if not found:
        return ""
    named = (step if len(group) == 1 else f"{count(n)} × {step}" for step, n in found.items())
    return (
        f"Dropped without an error: {', '.join(named)}. Tracking found no lead of the session,"
        " answered 200 and wrote nothing."
    )


def _without_lead(submission: SandboxSubmission) -> str:
    """Say that the analysis saves the organization alone, where that is its form."""
    if submission.choices.release.writers.analysis_makes_leads:
        return ""
    return "In its job form the analysis writes neither lead nor event."


def kept(left: Left) -> str:
    """Count the rows that a submission left, or those that a reset took away."""
    if left.gone:
        verb = "is" if left.gone == 1 else "are"
        return f"The sandbox was reset since: {counted(left.gone, 'row')} of it {verb} gone."
    if len(left.organizations) and left.leads.empty and left.events.empty:
        return f"It left {counted(len(left.organizations), 'organization')} and nothing else."
    tables = [
        counted(len(left.organizations), "organization"),
        counted(len(left.leads), "lead"),
        counted(len(left.events), "event"),
    ]
    return f"It left {tables[0]}, {tables[1]} and {tables[2]}."


def known(submission: SandboxSubmission, left: Left) -> str:
    """Say why the chosen race could not happen: nobody had to insert an organization."""
    raced = submission.choices.same_moment or submission.choices.together > 1
    if not raced or not (left.organizations["created_at"] < submission.created_at).any():
        return ""
    return (
        "The website had an organization before, so nobody had to insert one. Submit a new website"
        " to cause the race."
    )


def _split(left: Left) -> str:
    """Say that one visitor left two leads, where that is so, and what ties them together."""
    sessions = left.leads["session_id"]
    if not (sessions.isna().any() and sessions.notna().any()):
        return ""
    return (
        "One visitor left two leads. One has the session id and the steps, the other has the"
        " business. Only the website and the time tie them together."
    )


def _steps_apart(left: Left) -> str:
    """Say that start and completion are on different leads, where they are."""
    events = left.events[left.events["step"].isin([ANALYSIS_STARTED, ANALYSIS_COMPLETED])]
    if events["step"].nunique() < 2 or events["lead_id"].nunique() < 2:
        return ""
    return (
        "Start and completion are on different leads. A funnel that counts leads says that nobody"
        " finished."
    )


def _more(submission: SandboxSubmission, left: Left) -> str:
    """Say that there are more leads than the two paths write, where there are."""
    if len(left.leads) <= 2:
        return ""
    return (
        f"Two paths write two leads, and it left {count(len(left.leads))}. No key forbids a"
        " duplicate, and no error reports one."
    )


def _other_session(submission: SandboxSubmission, left: Left) -> str:
    """Say that the organization names another session than the visitor's, where it does."""
    known = set(left.organizations["session_id"].dropna())
    if left.leads["session_id"].isna().all() or submission.older_session_id not in known:
        return ""
    return (
        "The organization has another session id than the visitor’s leads. The analysis path wrote"
        " an older one of the same browser."
    )
