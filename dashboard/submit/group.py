"""Several visitors who submitted one website together, in words."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from dashboard.model.formats import count, counted
from dashboard.submit import data
from dashboard.submit.data import Left
from dashboard.submit.submission import SandboxSubmission
from dashboard.submit.verdict import Color, SubmissionVerdict, dropped_words, kept, known


def group_verdict(group: Sequence[SandboxSubmission], left: Left) -> SubmissionVerdict:
    """Judge submissions made together that have all ended."""
    color, sentence = _judged(group, left)
    parts = [
        kept(left),
        known(group[0], left),
        _duplicates(left),
        _with_loss(group),
        dropped_words(group),
        _errors(group),
    ]
    return SubmissionVerdict(color, sentence, " ".join(part for part in parts if part))


def members(group: Sequence[SandboxSubmission]) -> pd.DataFrame:
    """Return one row per visitor: `number`, `saved` writes of `planned`, and the `errors`."""
    rows = [
        {
            "number": number,
            "session_id": submission.visit.session_id,
            "saved": submission.saved_writes,
            "planned": len(submission.plan.writes),
            "errors": ", ".join(data.errors(submission)["sqlstate"].fillna("none")),
        }
        for number, submission in enumerate(group, 1)
    ]
    return pd.DataFrame(rows)


def _judged(group: Sequence[SandboxSubmission], left: Left) -> tuple[Color, str]:
    all_of_them = counted(len(group), "submission")
    lossy = sum(not submission.saved for submission in group)
    if left.gone:
        return "orange", f"{counted(left.gone, 'row')} of {all_of_them} went away since"
    if any(submission.was_interrupted for submission in group):
        return "orange", f"Interrupted: {count(len(group) - lossy)} of {all_of_them} were saved"
    if lost := sum(_lost_for_certain(submission) for submission in group):
        return "red", f"{count(lost)} of {all_of_them} lost data"
    if lossy:
        saved = count(len(group) - lossy)
        return "orange", f"Inconclusive: {saved} of {all_of_them} are known to be saved"
    if len(left.organizations) > 1:
        return "orange", (
            f"All {all_of_them} were saved, and made {count(len(left.organizations))}"
            " organizations of one website"
        )
    return "green", f"All {all_of_them} were saved"


def _lost_for_certain(submission: SandboxSubmission) -> bool:
    outcomes = (submission.outcomes.get(call.name) for call in submission.plan.writes)
    return any(outcome not in ("committed", "unknown") for outcome in outcomes)


def _duplicates(left: Left) -> str:
    beyond = len(left.organizations) - 1
    if beyond < 1:
        return ""
    return (
        f"One website needs one organization. {counted(beyond, 'duplicate')} came without any"
        " error, because no key forbids them."
    )


def _with_loss(group: Sequence[SandboxSubmission]) -> str:
    lost = sum(_lost_for_certain(submission) for submission in group)
    if not lost:
        return ""
    return (
        f"Of {count(len(group))} visitors, {count(lost)} lost a write, and all of them saw success."
    )


def _errors(group: Sequence[SandboxSubmission]) -> str:
    """Count the errors by path, SQLSTATE and constraint, the most frequent first."""
    seen = Counter(
        (row["path"], row["sqlstate"], row["constraint"])
        for submission in group
        for row in data.errors(submission).to_dict("records")
    )
    named = [
        f"{count(number)} × {'no SQLSTATE' if pd.isna(sqlstate) else sqlstate}"
        f"{'' if pd.isna(constraint) else f' {constraint}'} ({path})"
        for (path, sqlstate, constraint), number in seen.most_common()
    ]
    return f"Errors: {', '.join(named)}." if named else ""
