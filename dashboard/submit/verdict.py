"""A submission in words: what was saved of it and what was not."""

from dataclasses import dataclass
from typing import Literal

from dashboard.shared.formats import count, counted
from dashboard.submit.address import host
from dashboard.submit.data import Left
from dashboard.submit.ledger import Job
from dashboard.submit.workflow import Pace

Color = Literal["green", "orange", "red"]
DURATIONS = {
    Pace.REAL: "At the real pace this takes 40 to 60 s.",
    Pace.FASTER: "Ten times faster than real this takes 4 to 6 s.",
    Pace.AT_ONCE: "This takes a moment.",
}


@dataclass(frozen=True)
class Verdict:
    """The sentence, what it amounts to, and the numbers behind it."""

    color: Color
    sentence: str
    reason: str


def verdict(job: Job, left: Left) -> Verdict:
    """Judge a submission that has ended."""
    color, sentence = _judged(job)
    parts = [_paths(job), _lost(job), _left(left), _split(left), _other_session(left)]
    return Verdict(color, sentence, " ".join(part for part in parts if part))


def progress(job: Job) -> tuple[str, str]:
    """Say where a submission stands that has not ended: a sentence and a line about it."""
    name, wait = host(job.website_url), DURATIONS[job.pace]
    if job.state == "queued":
        return f"{name} waits for its turn", f"Others are being analysed. {wait}"
    last = job.records[-1].name if job.records else job.plan.calls[0].name
    return f"{name} is being analysed", f"Now: {job.plan.call(last).label}. {wait}"


def _judged(job: Job) -> tuple[Color, str]:
    numbers = f"{_saved(job)} of {counted(len(job.plan.writes), 'write')}"
    if job.saved:
        return "green", f"All {len(job.plan.writes)} writes of both paths were saved"
    if job.state == "interrupted":
        return "orange", f"The submission was interrupted: {numbers} saved"
    if "unknown" in job.outcomes.values():
        return "orange", f"Whether everything was saved can’t be told: {numbers} surely were"
    return "red", f"Not everything was saved: {numbers}"


def _saved(job: Job, path: str = "") -> int:
    return sum(
        job.outcomes.get(call.name) == "committed"
        for call in job.plan.writes
        if path in ("", call.path)
    )


def _paths(job: Job) -> str:
    """Name the share of each path, in the order in which they begin."""
    shares = [
        f"{count(_saved(job, path))} of {counted(_writes(job, path), 'write')} of the {path} path"
        for path in ("tracking", "analysis")
    ]
    return f"Committed: {' and '.join(shares)}."


def _writes(job: Job, path: str) -> int:
    return sum(call.path == path for call in job.plan.writes)


def _lost(job: Job) -> str:
    """Name the writes that were not committed, those of which nobody knows apart."""
    made = [
        (f"{call.label} ({call.path})", job.outcomes.get(call.name)) for call in job.plan.writes
    ]
    unknown = [name for name, outcome in made if outcome == "unknown"]
    lost = [name for name, outcome in made if outcome not in ("committed", "unknown")]
    parts = [
        f"Not saved: {', '.join(lost)}." if lost else "",
        f"Not known: {', '.join(unknown)}." if unknown else "",
        "" if job.saved or job.state != "done" else "The visitor saw success all the same.",
    ]
    return " ".join(part for part in parts if part)


def _left(left: Left) -> str:
    """Count the rows, and say when they have gone since."""
    if left.gone:
        return f"The sandbox was reset since: {counted(left.gone, 'row')} of it are gone."
    tables = [
        counted(len(left.organizations), "organization"), counted(len(left.leads), "lead"),
        counted(len(left.events), "event"),
    ]  # fmt: skip
    return f"It left {tables[0]}, {tables[1]} and {tables[2]}."


def _split(left: Left) -> str:
    """Say that one visitor left two leads, where that is so, and what ties them together."""
    sessions = left.leads["session_id"]
    if not (sessions.isna().any() and sessions.notna().any()):
        return ""
    return (
        "One visitor, two leads: one has the session id and the steps, the other the business;"
        " nothing but the website and the time ties them together."
    )


def _other_session(left: Left) -> str:
    """Say that the organization names another session than the visitor's, where it does."""
    organizations = set(left.organizations["session_id"].dropna())
    if not organizations - set(left.leads["session_id"].dropna()):
        return ""
    return (
        "The organization carries another session id than the visitor’s leads: "
        "the analysis path wrote an older one of the same browser."
    )
