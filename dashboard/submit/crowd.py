"""Several visitors who submitted one website together, in words."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from dashboard.model.formats import count, counted
from dashboard.submit import data
from dashboard.submit.data import Left
from dashboard.submit.job import Job
from dashboard.submit.verdict import Color, Verdict, kept, known


def crowd_verdict(jobs: Sequence[Job], left: Left) -> Verdict:
    """Judge the submissions of a crowd that have all ended."""
    color, sentence = _judged(jobs, left)
    parts = [kept(left), known(jobs[0], left), _duplicates(left), _with_loss(jobs), _errors(jobs)]
    return Verdict(color, sentence, " ".join(part for part in parts if part))


def members(jobs: Sequence[Job]) -> pd.DataFrame:
    """Return one row per visitor: `number`, `saved` writes of `planned`, and the `errors`."""
    rows = [
        {
            "number": number,
            "session_id": job.sent_session_id,
            "saved": job.saved_writes,
            "planned": len(job.plan.writes),
            "errors": ", ".join(data.errors(job)["sqlstate"].fillna("none")),
        }
        for number, job in enumerate(jobs, 1)
    ]
    return pd.DataFrame(rows)


def _judged(jobs: Sequence[Job], left: Left) -> tuple[Color, str]:
    all_of_them = counted(len(jobs), "submission")
    lossy = sum(not job.saved for job in jobs)
    if left.gone:
        return "orange", f"Of {all_of_them} {counted(left.gone, 'row')} went away since"
    if any(job.state == "interrupted" for job in jobs):
        return "orange", f"Interrupted: {count(len(jobs) - lossy)} of {all_of_them} were saved"
    if lost := sum(_lost_for_certain(job) for job in jobs):
        return "red", f"{count(lost)} of {all_of_them} lost data"
    if lossy:
        surely = count(len(jobs) - lossy)
        return (
            "orange",
            f"Whether all were saved can’t be told: {surely} of {all_of_them} surely were",
        )
    if len(left.organizations) > 1:
        return "orange", (
            f"All {all_of_them} were saved, and made {count(len(left.organizations))}"
            " organizations of one website"
        )
    return "green", f"All {all_of_them} were saved"


def _lost_for_certain(job: Job) -> bool:
    outcomes = (job.outcomes.get(call.name) for call in job.plan.writes)
    return any(outcome not in ("committed", "unknown") for outcome in outcomes)


def _duplicates(left: Left) -> str:
    beyond = len(left.organizations) - 1
    if beyond < 1:
        return ""
    return (
        f"One website needs one organization: {counted(beyond, 'duplicate')} came without any"
        " error, for no key forbids them."
    )


def _with_loss(jobs: Sequence[Job]) -> str:
    lost = sum(_lost_for_certain(job) for job in jobs)
    if not lost:
        return ""
    return (
        f"Of {count(len(jobs))} visitors, {count(lost)} lost a write, and all of them saw success."
    )


def _errors(jobs: Sequence[Job]) -> str:
    """Count the errors by path, SQLSTATE and constraint, the most frequent first."""
    seen = Counter(
        (row["path"], row["sqlstate"], row["constraint"])
        for job in jobs
        for row in data.errors(job).to_dict("records")
    )
    named = [
        f"{count(number)} × {'no SQLSTATE' if pd.isna(sqlstate) else sqlstate}"
        f"{'' if pd.isna(constraint) else f' {constraint}'} ({path})"
        for (path, sqlstate, constraint), number in seen.most_common()
    ]
    return f"Errors: {', '.join(named)}." if named else ""
