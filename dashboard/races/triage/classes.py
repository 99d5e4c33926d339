"""The class of an error: a race, certain, a bad value, unrelated to the leads, or unknown.

docs/definitions.md has the same table. A CHECK sees one row at a time, so two racing INSERTs can't
violate it together. A race decides which write path inserts, and that path may lack the session.
"""

import re
from typing import Literal

from dashboard.database.constraint_form import ConstraintForm
from dashboard.races.triage.forms import INTERNAL_RACE
from dashboard.races.triage.masking import shown
from dashboard.races.triage.reports import CONSTRAINTS, Report

ErrorClass = Literal["race", "certain", "bad value", "unrelated", "unknown"]
SESSION_RULE = "chk_organizations_user_or_session"
RACES = {
    "23505": "two writers checked, found nothing, and both inserted",
    "40P01": "two transactions waited for each other",
    "40001": "concurrent transactions could not be put in an order",
    "XX000": "an update met one whose rollback had begun and not ended",
}
SIGNATURES = {
    "23505": "duplicate key value violates unique constraint",
    "40P01": "deadlock detected",
    "40001": "could not serialize access",
    "22P02": "invalid input syntax",
    "23514": "violates check constraint",
}
NO_ERROR = "no error"
UNKNOWN_FORMS: dict[ConstraintForm | None, str] = {
    "absent": "this database lacks the constraint",
    "other": "the constraint has a form that is not known",
    "unknown": "the organizations are a view, which shows no constraint",
    None: "the constraint’s form could not be read",
}
MISSING_SESSION = "exposed by a race, caused by the missing session: neither owner nor session"
ONE_ID = "the row shows an id beside its own and no session id: either alone violates nothing here"
OWNED = "a session id written to an organization that somebody owns: this fails every time"
VARYING = re.compile(
    r"""session_\d{12,14}_[0-9a-z]{9}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"""
    r"""|"[^"]{0,400}"|'[^']{0,400}'|\d+"""
)


def class_of(
    report: Report, form: ConstraintForm | None, owned: int | None
) -> tuple[ErrorClass, str]:
    """Return an error's class and the reason in words.

    `form` is the form of the source's constraint, None where it could not be read. `owned` is the
    source's number of owned organizations with a website.
    """
    if report.error is None:
        return "unknown", "no SQLSTATE, and the text is in a language that is not read"
    if report.sqlstate == "23514":
        return _of_check(report, form, owned)
    if _is_race(report):
        return "race", RACES[report.sqlstate or ""]
    if report.sqlstate == "22P02":
        return "bad value", "the value itself can’t be stored, however often it is tried"
    return "unrelated", "an error of another kind" if report.error else NO_ERROR


def _is_race(report: Report) -> bool:
    return report.sqlstate in RACES and (
        report.sqlstate != "XX000" or INTERNAL_RACE in report.message
    )


def _of_check(
    report: Report, form: ConstraintForm | None, owned: int | None
) -> tuple[ErrorClass, str]:
    if report.constraint is None:
        return "unknown", "the line does not name the constraint"
    if report.constraint != SESSION_RULE:
        return "unrelated", "another constraint than the one on owner and session"
    if form == "inclusive":
        return "race", MISSING_SESSION
    if form == "exclusive":
        return _of_exclusive(report, owned)
    return "unknown", f"inconclusive: {UNKNOWN_FORMS[form]}"


def _of_exclusive(report: Report, owned: int | None) -> tuple[ErrorClass, str]:
    """Decide whether both ids were set or none, by the row, the statement or the source's rows."""
    if report.row == (True, False):
        return "unknown", ONE_ID
    if report.row:
        return ("certain", OWNED) if any(report.row) else ("race", MISSING_SESSION)
    if report.update:
        return "certain", OWNED
    if report.update is False:
        return "race", MISSING_SESSION
    if owned:
        return "certain", f"most likely, as the line does not show the row: {OWNED}"
    return "race", f"no website here is owned, so: {MISSING_SESSION}"


def signature_of(report: Report) -> str:
    """Return the text by which errors are grouped: the message without its varying parts."""
    if report.error is False:
        return NO_ERROR
    if report.sqlstate in SIGNATURES and (
        report.constraint or report.sqlstate in ("40P01", "40001")
    ):
        words = SIGNATURES[report.sqlstate]
        return shown(f"{words} {report.constraint or ''}", 120)
    # Masking comes first, because a secret with varying parts removed would not be recognized.
    return VARYING.sub("…", shown(report.message, 200))[:120]


def is_of_leads(report: Report) -> bool:
    """Tell whether the triage looks for the rows of this error."""
    if report.sqlstate == "23514":
        return report.constraint in CONSTRAINTS or report.constraint is None
    return _is_race(report) or report.sqlstate == "22P02"
