"""The error-log triage: a visitor pastes or uploads a log; the section classifies its errors.

The log is never stored or cached. Each run of the page reads it again and forgets it.
"""

from dataclasses import replace

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.database.errors import DatabaseProblem
from dashboard.model.formats import count, counted
from dashboard.model.limits import ANALYSIS_WINDOW
from dashboard.model.times import now
from dashboard.model.tracking_plan import TrackingPlan
from dashboard.model.windows import length_words
from dashboard.races.triage.data import ERROR_CLASSES, MOST_LOST_SHOWN, Facts, Triage, facts, triage
from dashboard.races.triage.log import ErrorLog, read_log
from dashboard.races.triage.notes import notes_of
from dashboard.races.triage.text import LogError
from dashboard.races.triage.verdict import fates, triage_verdict
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.view import View, csv_button, literal, show_problem

CLASS_MEANINGS = {
    "certain": "Fails every time",
    "race": "A race, or exposed by one",
    "bad value": "A value that can’t be stored",
    "unknown": "Unknown",
    "unrelated": "Unrelated",
}
LOG_GROUP_COLUMNS: dict[str, str | ColumnConfig] = {
    "signature": st.column_config.TextColumn("Error", width="medium"),
    "sqlstate": "SQLSTATE",
    "count": count_column("Count"),
    "lost": count_column("Lost"),
    "harmless": count_column("Harmless"),
    "inconclusive": count_column("Inconclusive"),
    "without_time": count_column("No time stamp"),
    "first": moment_column("First"),
    "last": moment_column("Last"),
    "why": st.column_config.TextColumn("Why", width="large"),
    "example": st.column_config.TextColumn("Example, masked", width="large"),
}
LOST_COLUMNS: dict[str, str | ColumnConfig] = {
    "at": moment_column("Time of the line"),
    "session_id": "Session id",
    "website": "Website",
}
UNRELATED = ("signature", "sqlstate", "count", "first", "last", "example")
HELP = f"""
- PostgreSQL logs as text, CSV or JSON, or plain lines of a console. An error with its details is
  one entry, and so are the lines that a console prints of one failure.
- **Harmless**: start, completion, organization and analyzed lead of that submission are stored.
  **Lost**: one of them provably isn’t. **Inconclusive**: the line names neither session nor
  website, it has no time stamp, or the rows leave it open.
- Lines are matched by session id or website, within {length_words(ANALYSIS_WINDOW)} of the line,
  whatever the period above; *as of* counts. To have websites in
  PostgreSQL’s log, keep its DETAIL lines; for errors in another language, log the SQLSTATE (`%e`).
- Nothing is stored. Passwords, keys, e-mail and network addresses are masked; session ids and
  websites are shown, because without them nobody could look up what was lost.
"""


@st.fragment
def show_triage(view: View, plan: TrackingPlan) -> None:
    """Show the field for a log and, once there is one, the fate of each error in it.

    A new log reruns this part of the page alone.
    """
    # A log has its own period, so the header's does not apply here or name the exports.
    view = replace(view, filters=replace(view.filters, start_at=None, end_at=None))
    st.subheader("Triage an error log", anchor=False)
    raw = _given()
    with st.expander("What is read, what is matched, what is kept"):
        st.markdown(HELP)
    if not raw:
        return
    try:
        with st.spinner("Reading the log …", show_time=True):
            log = read_log(raw, view.filters.zone)
            found = _facts(view, log, plan)
    except LogError as error:
        st.info(str(error))
        return
    _show(triage(log, found), notes_of(log, found), view)


def _given() -> bytes:
    chosen = st.segmented_control(
        "The log",
        ["Paste", "File"],
        default="Paste",
        required=True,
        key="triage-from",
        label_visibility="collapsed",
    )
    if chosen == "File":
        # The widget takes twice the limit, because its own refusal does not say what to do.
        file = st.file_uploader("A log of at most 10 MB", max_upload_size=20, key="triage-file")
        return file.getvalue() if file else b""
    # A lone surrogate can be pasted but not encoded as UTF-8, so it is replaced.
    return (
        st.text_area(
            "Lines of a log or a console",
            height=140,
            key="triage-text",
            placeholder='error: new row for relation "organizations" violates check constraint …',
        )
        or ""
    ).encode("utf-8", "replace")


def _facts(view: View, log: ErrorLog, plan: TrackingPlan) -> Facts:
    """Read the source without the cache, which all visitors share."""
    try:
        with view.source.read() as reader:
            found = facts(reader, view.filters, log, plan)
        view.read_at.append(now())
        return found
    except DatabaseProblem as problem:
        show_problem(problem)
        return Facts()


def _show(found: Triage, notes: list[str], view: View) -> None:
    judged = triage_verdict(found)
    st.markdown(f"#### :{judged.color}[{judged.sentence}]")
    st.markdown(judged.reason)
    for note in notes:
        st.caption(literal(note))
    for kind in ERROR_CLASSES:
        rows = found.groups[found.groups["class"] == kind].reset_index(drop=True)
        if rows.empty:
            continue
        entries = f"{counted(found.total(kind), 'entry', 'entries')} of {count(found.read)}"
        beside = "" if kind == "unrelated" else f": {fates(rows)}"
        st.markdown(f"**{CLASS_MEANINGS[kind]}** · {entries}{beside}")
        names = UNRELATED if kind == "unrelated" else [*LOG_GROUP_COLUMNS]
        show_rows(
            rows,
            {name: LOG_GROUP_COLUMNS[name] for name in names},
            f"triage-{kind}",
            f"Log entries: {CLASS_MEANINGS[kind]}",
            view,
            export=False,
        )
    csv_button(lambda: found.groups, "triage", view)
    _show_lost(found, view)


def _show_lost(found: Triage, view: View) -> None:
    if found.lost.empty:
        return
    with st.expander(f"Whose rows are missing (at most {MOST_LOST_SHOWN}, the oldest first)"):
        show_rows(found.lost, LOST_COLUMNS, "triage-lost", "Submissions with missing rows", view)
